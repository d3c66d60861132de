import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded-postgres.ts";

/** A PostgreSQL for data that nobody will miss: fast rather than durable, and gone without a trace after stop(). */
export async function startThrowAwayPostgres(log: EmbeddedPostgresOptions["log"]): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "confab-"));
  // Root runs PostgreSQL as another user, who has to get through.
  await chmod(folder, 0o755);
  const dataDir = join(folder, "data");
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false });
  const stop = async () => {
    await postgres.stop();
    // Lies elsewhere when that user cannot enter the temporary folder.
    await rm(await realpath(join(dataDir, "postgres")), { recursive: true });
    await rm(folder, { recursive: true });
  };
  let stopping: Promise<void> | undefined;
  return {
    url: postgres.url,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
