import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, link, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf, DatabaseError } from "./database-error.ts";
import { type Account, accountForPostgres } from "./postgres-account.ts";
import { placeBinaries, placeHome } from "./postgres-places.ts";
import { isAlive } from "./postmaster.ts";

// What has to be on disk before PostgreSQL can start: its data folder, and the passwords that open it.

const run = promisify(execFile);
const MAJOR_VERSION = "18";
/**
 * The builtin provider sorts and folds case the same everywhere. The C library still decides what a letter is for pg_trgm:
 * with its plain "C" every letter outside ASCII would be lost to search, so that comes last.
 */
const LETTER_LOCALES = ["C.UTF-8", "en_US.UTF-8", "C"];

/** initdb hands paths to a shell between double quotes, and these mean something there. */
const SHELL_CHARACTERS = /["$`\\]/;

/** Nothing of our own environment: PG* and LC_* variables would bend PostgreSQL, and our secrets are none of its business. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

const accessSchema = z.object({
  /** A wish, so that the address stays the same from start to start where it can. */
  port: z.number().int().min(0).max(65_535),
  password: z.string(),
  adminPassword: z.string(),
});

/** A cluster on disk, ready to be started. */
export type Cluster = {
  /** Holds the cluster and its passwords. */
  home: string;
  clusterDir: string;
  binDir: string;
  account: Account | undefined;
  access: z.infer<typeof accessSchema>;
};

/** Makes sure that programs, passwords and an initialised cluster are there. What was made once is found again. */
export async function prepareCluster(dataDir: string, systemDir: string): Promise<Cluster> {
  const account = await accountForPostgres(join(dataDir, "postgres", "data"));
  const home = await placeHome(dataDir, systemDir, account);
  const binDir = join(await placeBinaries(systemDir, account), "bin");
  const clusterDir = join(home, "data");
  const version = await readIfThere(join(clusterDir, "PG_VERSION"));
  if (version !== undefined && version.trim() !== MAJOR_VERSION)
    throw new DatabaseError(
      `${clusterDir} was made by PostgreSQL ${version.trim()}, but this release brings ${MAJOR_VERSION}.`,
    );
  if (version === undefined) await createAccess(home, account);
  const cluster = { home, clusterDir, binDir, account, access: await readAccess(home) };
  if (version === undefined) await initialise(cluster);
  return cluster;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const accessFile = (home: string) => join(home, "access.json");

async function readAccess(home: string): Promise<Cluster["access"]> {
  const text = await readIfThere(accessFile(home));
  if (text !== undefined) return accessSchema.parse(JSON.parse(text));
  throw new DatabaseError(
    `${accessFile(home)} is missing: without the passwords in it nobody gets into the data beside it. Bring it back.`,
  );
}

/** Linked into place whole: never half a file, and of two servers that start at once both read the same passwords. */
async function createAccess(home: string, account: Account | undefined): Promise<void> {
  const password = () => randomBytes(24).toString("hex");
  const draft = await draftAccess(home, account, { port: 0, password: password(), adminPassword: password() });
  try {
    await link(draft, accessFile(home));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
}

async function draftAccess(home: string, account: Account | undefined, access: Cluster["access"]): Promise<string> {
  const draft = `${accessFile(home)}.${process.pid}`;
  await writeSecret(draft, account, `${JSON.stringify(access, undefined, 2)}\n`);
  return draft;
}

async function writeSecret(file: string, account: Account | undefined, content: string): Promise<void> {
  await rm(file, { force: true });
  await writeFile(file, content, { mode: 0o600, flush: true });
  // Whoever owns the data may read it, be Confab started by them or by root.
  if (account !== undefined) await chown(file, account.uid, account.gid);
}

/** Keeps the port for the next start. */
export async function rememberPort({ home, account, access }: Cluster, port: number): Promise<void> {
  if (access.port === port) return;
  await rename(await draftAccess(home, account, { ...access, port }), accessFile(home));
}

/** Runs initdb in a draft folder that gets its name only when complete: an interrupted first start leaves no trap. */
async function initialise(cluster: Cluster): Promise<void> {
  const { home, clusterDir, binDir, account, access } = cluster;
  const unspeakable = [home, binDir].find((path) => SHELL_CHARACTERS.test(path));
  if (unspeakable !== undefined)
    throw new DatabaseError(
      `PostgreSQL cannot be set up below ${unspeakable}: its path must be free of " $ \` and \\. Rename the folder.`,
    );
  await removeDrafts(home);
  const draft = join(home, `data.draft-${process.pid}`);
  const passwordFile = join(home, `password.draft-${process.pid}`);
  await writeSecret(passwordFile, account, access.adminPassword);
  try {
    await runInitdb(cluster, draft, passwordFile);
    await rename(draft, clusterDir);
    const folder = await open(home);
    await folder.sync();
    await folder.close();
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another server that started at the same moment was faster: its cluster has the same passwords.
    if (codeOf(error) !== "ENOTEMPTY" && codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function removeDrafts(home: string): Promise<void> {
  for (const entry of await readdir(home)) {
    const maker = Number(/\.draft-(\d+)$/.exec(entry)?.[1] ?? Number.NaN);
    if (maker === process.pid || (maker > 0 && !isAlive(maker)))
      await rm(join(home, entry), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInitdb({ home, binDir, account }: Cluster, draft: string, passwordFile: string): Promise<void> {
  for (const locale of LETTER_LOCALES) {
    const failure = await run(
      join(binDir, "initdb"),
      [
        ...["-D", draft, "--username=postgres", `--pwfile=${passwordFile}`],
        ...["--auth-host=scram-sha-256", "--auth-local=reject", "--encoding=UTF8", "--data-checksums"],
        ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", `--lc-ctype=${locale}`],
      ],
      { env: POSTGRES_ENVIRONMENT, cwd: home, ...(account && { uid: account.uid, gid: account.gid }) },
    ).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failure === undefined) return;
    if (failure.message.includes("invalid locale name") && locale !== LETTER_LOCALES.at(-1)) continue;
    const reason = failure.message.split("\n").find((line) => line.includes("error: ")) ?? failure.message;
    throw new DatabaseError(`PostgreSQL could not make its data folder (${reason}).`, { cause: failure });
  }
}
