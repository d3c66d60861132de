import { argon2id, hash, verify } from "argon2";
import { AppError } from "../../core/errors.ts";

/** OWASP's minimum for argon2id; about 10 ms of one core. */
const COST = { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;
/** Hashing is the cheapest way to keep our cores busy, so few run at once and few may wait. */
const RUNNING_MAX = 2;
const WAITING_MAX = 20;

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= RUNNING_MAX) {
    if (waiting.length >= WAITING_MAX) throw new AppError("server_busy");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    // The place is handed on rather than freed: a newcomer cannot slip in before those who wait.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** A password as it is stored (PHC string). One Unicode form, so that it can be typed on any keyboard. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize("NFKC"), COST));
}

/** A hash nobody has the password of: verified against when there is no account, so that the answer takes as long. */
let decoy: Promise<string> | undefined;

/** Whether the password is the one of this hash; takes the same time when there is no hash to compare with. */
export async function isPasswordRight(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hash("nobody has this password", COST);
  const against = stored ?? (await decoy);
  const isRight = await inTurn(() => verify(against, password.normalize("NFKC")));
  return isRight && stored !== null;
}
