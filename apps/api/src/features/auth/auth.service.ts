import type { AccountAnswer, GuestBody, LoginBody, RegisterBody } from "@confab/shared/auth";
import { announce } from "../../core/announce.ts";
import { sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { announceJoinedEveryone } from "../conversations/everyone-group.ts";
import type { Audiences } from "../members/audiences.ts";
import { closeSession, openSession, type SessionOrigin } from "../sessions/sessions.ts";
import { usernameKey } from "../users/username-key.ts";
import { type AccountMade, insertAccount, type NewAccount } from "./accounts.ts";
import { hashPassword, isPasswordRight } from "./password.ts";

type AuthDeps = Deps & { audiences: Audiences };

export interface SignedIn {
  readonly answer: AccountAnswer;
  /** The value for the session cookie. */
  readonly token: string;
}

/** An account with a password. It is not signed in. Throws registration_closed, username_taken, email_taken. */
export async function register(deps: AuthDeps, body: RegisterBody): Promise<AccountAnswer> {
  const { registration } = await readWorkspaceSettings(deps.db, deps.config);
  if (registration === "closed") throw new AppError("registration_closed");
  const passwordHash = await hashPassword(body.password);
  const account = { username: body.username, role: "user", email: body.email, passwordHash, ttlHours: null } as const;
  const made = await deps.db.$transaction((tx) => insertAccount(tx, account));
  await announceAccount(deps, made);
  return presentAccountAnswer(made);
}

/** A guest: a name, no password, gone after a while; signed in at once. Throws guests_off, username_taken. */
export async function enterAsGuest(deps: AuthDeps, body: GuestBody, origin: SessionOrigin): Promise<SignedIn> {
  const settings = await readWorkspaceSettings(deps.db, deps.config);
  if (!settings.guests) throw new AppError("guests_off");
  return insertSignedIn(deps, origin, {
    username: body.username,
    role: "guest",
    email: null,
    passwordHash: null,
    ttlHours: settings.guest_ttl_hours,
  });
}

/** Creates an account and a session for it in one transaction, with whatever else belongs to the act. */
export async function insertSignedIn(
  deps: AuthDeps,
  origin: SessionOrigin,
  account: NewAccount,
  alsoDo: (tx: Parameters<typeof openSession>[0], made: AccountMade) => Promise<void> = async () => undefined,
): Promise<SignedIn & { made: AccountMade }> {
  const { made, token } = await deps.db.$transaction(async (tx) => {
    const inserted = await insertAccount(tx, account);
    await alsoDo(tx, inserted);
    return { made: inserted, token: await openSession(tx, inserted.id, origin) };
  });
  await announceAccount(deps, made);
  return { answer: presentAccountAnswer(made), token, made };
}

/** The account of a username or e-mail address, if the password is right. Throws password_wrong, server_busy. */
export async function checkPassword(deps: Deps, body: LoginBody): Promise<Omit<AccountMade, "joined">> {
  const name = (body.username ?? body.email ?? "").trim();
  const [user] = await deps.db.$queryRaw<(Omit<AccountMade, "joined"> & { password_hash: string | null })[]>(sql`
    SELECT id, username, email, role, expires_at, password_hash FROM users
     WHERE (username_key = ${usernameKey(name)} OR email = ${name.toLowerCase()})
       AND deactivated_at IS NULL AND (expires_at IS NULL OR expires_at > now())`);
  const isRight = await isPasswordRight(user?.password_hash ?? null, body.password);
  if (!user || !isRight) throw new AppError("password_wrong");
  return user;
}

/** Opens a browser's session for a username or e-mail address and its password. Throws password_wrong, server_busy. */
export async function signIn(deps: Deps, body: LoginBody, origin: SessionOrigin): Promise<SignedIn> {
  const user = await checkPassword(deps, body);
  return { answer: presentAccountAnswer(user), token: await openSession(deps.db, user.id, origin) };
}

/** Ends a session: its row first, then its open sockets. */
export async function signOut(deps: Deps, principal: Principal): Promise<void> {
  await closeSession(deps.db, principal.session_id);
  deps.hub.disconnect({ sessionId: principal.session_id }, "session_ended");
}

async function announceAccount(deps: AuthDeps, made: AccountMade): Promise<void> {
  const user = { id: made.id, username: made.username, role: made.role };
  await announce(deps.log, () => announceJoinedEveryone(deps, made.joined, user));
}

function presentAccountAnswer(account: Omit<AccountMade, "joined">): AccountAnswer {
  const { id, username, email, role, expires_at } = account;
  return { user: { id, username, email, role, ...(expires_at ? { expires_at: expires_at.toISOString() } : {}) } };
}
