import { newId } from "@confab/shared/ids";
import type { Role } from "@confab/shared/users";
import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { type JoinedEveryone, joinEveryoneGroup } from "../conversations/everyone-group.ts";
import { lockConversations } from "../conversations/lock-conversations.ts";
import { usernameKey } from "../users/username-key.ts";

export interface NewAccount {
  readonly username: string;
  readonly role: Role;
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly ttlHours: number | null;
  /** False for guests by a link: they come into its conversation and see no other. */
  readonly joinsEveryone?: false;
  /** The group into which an invite leads, if it comes by one: it joins it later in the transaction. */
  readonly groupId?: string | null;
}

export interface AccountMade {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly role: Role;
  readonly expires_at: Date | null;
  readonly joined: JoinedEveryone | null;
}

/** Names under which the messages of people who are gone stay. */
export const RESERVED_KEYS = new Set(["guest", "deleted user"]);

/**
 * Creates an account and puts it into "General" (unless told otherwise), in the caller's transaction, which has locked no
 * conversation yet. Throws username_taken or email_taken.
 */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<AccountMade> {
  if (RESERVED_KEYS.has(usernameKey(account.username))) throw new AppError("username_taken");
  const joinsEveryone = account.joinsEveryone ?? true;
  const everyone = joinsEveryone ? sql`c.joined_by_everyone` : sql`false`;
  await lockConversations(tx, sql`${everyone} OR c.id = ${account.groupId ?? null}::uuid`);
  const id = newId();
  const [made] = await tx.$queryRaw<{ expires_at: Date | null }[]>(sql`
    INSERT INTO users (id, username, username_key, email, role, password_hash, expires_at)
    VALUES (${id}::uuid, ${account.username}, ${usernameKey(account.username)}, ${account.email},
            ${account.role}::role, ${account.passwordHash}, now() + make_interval(secs => ${account.ttlHours}::float8 * 3600))
    ON CONFLICT DO NOTHING RETURNING expires_at`);
  if (!made) throw new AppError(await takenBy(tx, account));
  const joined = joinsEveryone ? await joinEveryoneGroup(tx, id) : null;
  return {
    id,
    username: account.username,
    email: account.email,
    role: account.role,
    expires_at: made.expires_at,
    joined,
  };
}

async function takenBy(tx: Tx, account: NewAccount): Promise<"username_taken" | "email_taken"> {
  const rows = await tx.$queryRaw<unknown[]>(sql`
    SELECT 1 FROM users WHERE username_key = ${usernameKey(account.username)}`);
  return rows.length > 0 ? "username_taken" : "email_taken";
}
