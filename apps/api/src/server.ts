import { setTimeout as delay } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import { buildApp } from "./app.ts";
import { type Config, readConfig } from "./core/config.ts";
import { closeDb, openDb } from "./core/db.ts";
import { migrate } from "./database/migrate.ts";
import { startSupervisedPostgres } from "./database/supervised-postgres.ts";
import { prepareWorkspace } from "./features/workspace/workspace.service.ts";
import { stopWith } from "./start-error.ts";

/** Supervisors wait at least this long before they kill: time for balancers to notice, and for what is in flight. */
const CLOSE_MS = 13_000;
/** For something that nobody has thought of. */
const SHUTDOWN_MS = 14_500;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** What has been opened, in that order; closed in the reverse one, also when a start fails half-way. */
const opened: (() => Promise<unknown>)[] = [];

async function closeAll(): Promise<void> {
  const patience = delay(CLOSE_MS, null, { ref: false });
  for (const close of opened.splice(0).reverse()) await Promise.race([close(), patience]);
}

async function start(config: Config): Promise<void> {
  closeWithGrace({ delay: SHUTDOWN_MS, logger: false }, async ({ err }) => {
    if (err) process.stderr.write(`Stopping after a fault: ${err.stack}\n`);
    await closeAll();
  });
  const databaseUrl = config.databaseUrl ?? (await startOwnDatabase(config));
  const { applied } = await migrate(databaseUrl);
  if (applied.length > 0) say(`Applied ${applied.length} database migration${applied.length > 1 ? "s" : ""}.`);

  const db = openDb(databaseUrl);
  opened.push(() => closeDb(db));
  const app = await buildApp({ config: { ...config, databaseUrl }, db, logger: { level: config.logLevel } });
  opened.push(() => app.close());
  const setupToken = await prepareWorkspace({ db, config });
  await app.listen({ host: config.host, port: config.port });
  const address = app.server.address();
  announce(config, typeof address === "object" && address !== null ? address.port : config.port, setupToken);
}

async function startOwnDatabase(config: Config): Promise<string> {
  const log = { info: () => undefined, warn: say, error: say };
  const postgres = await startSupervisedPostgres({ dataDir: config.dataDir, log });
  opened.push(() => postgres.stop());
  return postgres.url;
}

function announce(config: Config, port: number, setupToken: string | null): void {
  const address = config.publicUrl ?? `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${port}`;
  say(`Confab is ready at ${address}`);
  if (setupToken) say(`Create the first administrator (this link works once): ${address}/setup#${setupToken}`);
}

let config: Config | undefined;
try {
  config = readConfig();
  await start(config);
} catch (error) {
  await closeAll();
  stopWith(error, config?.port);
}
