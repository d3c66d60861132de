import closeWithGrace from "close-with-grace";
import { buildApp } from "./app.ts";
import { type Config, ConfigError, readConfig } from "./core/config.ts";
import { openDb } from "./core/db.ts";
import { DatabaseError } from "./database/database-error.ts";
import { startEmbeddedPostgres } from "./database/embedded-postgres.ts";
import { migrate } from "./database/migrate.ts";
import { prepareWorkspace } from "./features/workspace/workspace.service.ts";

/** Long enough for what is in flight, short enough for a supervisor's patience. */
const SHUTDOWN_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Stops with one sentence for the operator: what is wrong and which setting mends it. */
function stop(sentence: string): never {
  process.stderr.write(`\n${sentence}\n\n`);
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  const log = { info: () => undefined, warn: say, error: say };
  const embedded = config.databaseUrl ? null : await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  const url = config.databaseUrl ?? embedded?.url ?? "";
  try {
    const { applied } = await migrate(url);
    if (applied.length > 0) say(`Applied ${applied.length} database migration${applied.length > 1 ? "s" : ""}.`);
    await serve(config, url, async () => embedded?.stop());
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function serve(config: Config, databaseUrl: string, afterClose: () => Promise<void>): Promise<void> {
  const db = openDb(databaseUrl);
  const app = await buildApp({ config, db, logger: { level: config.logLevel === "info" ? "warn" : config.logLevel } });
  const setupToken = await prepareWorkspace({ db, config });
  await app.listen({ host: config.host, port: config.port });

  closeWithGrace({ delay: SHUTDOWN_MS, logger: false }, async ({ err }) => {
    if (err) app.log.fatal({ err }, "stopping after a fault");
    await app.close();
    await db.$disconnect();
    await afterClose();
  });
  const address = app.server.address();
  announce(config, typeof address === "object" && address !== null ? address.port : config.port, setupToken);
}

function announce(config: Config, port: number, setupToken: string | null): void {
  const address = config.publicUrl ?? `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  say(`Confab is ready at ${address}`);
  if (setupToken) say(`Create the first administrator (this link works once): ${address}/setup#${setupToken}`);
}

function explain(error: unknown, port: number | undefined): string | null {
  if (error instanceof ConfigError || error instanceof DatabaseError) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `Port ${port} is already in use. Set PORT to a free one, for example: PORT=3001 pnpm start`;
  if (code === "EACCES") return `Port ${port} may not be opened by this user. Set PORT to one above 1023.`;
  return null;
}

let config: Config | undefined;
try {
  config = readConfig();
  await start(config);
} catch (error) {
  const sentence = explain(error, config?.port);
  if (sentence === null) throw error;
  stop(sentence);
}
