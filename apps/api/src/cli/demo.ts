import closeWithGrace from "close-with-grace";
import { buildApp, wire } from "../app.ts";
import { type Config, readConfig } from "../core/config.ts";
import { openDb } from "../core/db.ts";
import { migrate } from "../database/migrate.ts";
import { startThrowAwayPostgres } from "../database/throw-away-postgres.ts";
import { prepareWorkspace } from "../features/workspace/workspace.service.ts";
import { stopWith } from "../start-error.ts";
import { DEMO_PEOPLE, demoPassword } from "./demo-content.ts";
import { seedDemo } from "./demo-seed.ts";

// A throw-away instance: its data lives in a temporary folder and goes when the demo ends.

const say = (line: string) => process.stdout.write(`${line}\n`);
const quiet = { info: () => undefined, debug: () => undefined, warn: say, error: say };
const log = {
  debug: () => undefined,
  warn: (_facts: object, sentence: string) => say(sentence),
  error: (facts: object, sentence: string) => say(`${sentence}: ${JSON.stringify(facts)}`),
};

async function startDemo(config: Config): Promise<string> {
  const postgres = await startThrowAwayPostgres(quiet);
  try {
    await migrate(postgres.url);
    const db = openDb(postgres.url);
    await prepareWorkspace({ db, config: { ...config, admin: undefined } });
    say("Inviting people and letting them talk …");
    await seedDemo(wire(config, db, log));
    const app = await buildApp({ config, db, logger: { level: "warn" } });
    const url = await app.listen({ host: config.host, port: config.port });
    closeWithGrace({ delay: 10_000, logger: false }, async () => {
      await app.close();
      await db.$disconnect();
      await postgres.stop();
    });
    return url;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

let config: Config | undefined;
try {
  config = readConfig();
  say(`\nThe demo is ready at ${await startDemo(config)}\n`);
} catch (error) {
  stopWith(error, config?.port);
}
for (const name of DEMO_PEOPLE)
  say(`  ${name.padEnd(14)}  password: ${demoPassword(name)}${name === DEMO_PEOPLE[0] ? "   (administrator)" : ""}`);
say("\nOr enter as a guest. Everything is gone when you stop it with Ctrl-C.");
