import { execFile } from "node:child_process";
import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { DatabaseError } from "./database-error.ts";

// PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged account of this system.

const run = promisify(execFile);
/** The usual names on Linux and macOS, then the one made here where there is neither. */
const OWN_ACCOUNT = "confab";
const ACCOUNTS = ["postgres", "_postgres", OWN_ACCOUNT];
const READ_AND_ENTER = 0o5;
const ENTER = 0o1;

export type Account = { name: string; uid: number; gid: number };

async function findAccount(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function addAccount(): Promise<Account | undefined> {
  try {
    await run("useradd", ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", OWN_ACCOUNT]);
  } catch {
    return undefined;
  }
  return findAccount(OWN_ACCOUNT);
}

/**
 * The account that has to run PostgreSQL, or undefined when the present one can. Data that lies there already keeps its
 * owner.
 */
export async function accountForPostgres(clusterDir: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(clusterDir).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0)
    return { name: `number ${existing.uid}`, uid: existing.uid, gid: existing.gid };
  for (const name of ACCOUNTS) {
    const account = await findAccount(name);
    if (account !== undefined && account.uid !== 0) return account;
  }
  const added = await addAccount();
  if (added !== undefined) return added;
  throw new DatabaseError(
    `PostgreSQL cannot run as root and no user could be added for it: start Confab as an ordinary user, add a system user "${OWN_ACCOUNT}", or set DATABASE_URL.`,
  );
}

/** Whether an account may read this file or folder and enter every folder above it. */
export async function canReach(path: string, { uid, gid }: Account): Promise<boolean> {
  const target = await realpath(path);
  for (let place = target; ; place = dirname(place)) {
    const { mode, uid: owner, gid: group } = await stat(place);
    const granted = owner === uid ? mode >> 6 : group === gid ? mode >> 3 : mode;
    const needed = place === target ? READ_AND_ENTER : ENTER;
    if ((granted & needed) !== needed) return false;
    if (place === dirname(place)) return true;
  }
}
