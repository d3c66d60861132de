import type { AccountAnswer, GuestBody, LoginBody, RegisterBody } from "@confab/shared/auth";
import { announce } from "../../core/announce.ts";
import { ask, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { readWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { announceJoinedEveryone } from "../conversations/everyone-group.ts";
import { announceGroupChange, type GroupChange } from "../groups/group-change.ts";
import { enterByInvite, inviteLines } from "../invites/enter-by-invite.ts";
import { getOpenInvite, type InviteDeps } from "../invites/open-invites.ts";
import type { Audiences } from "../members/audiences.ts";
import { announceEnded, endSessions, openSession, type SessionOrigin } from "../sessions/sessions.ts";
import { usernameKey } from "../users/username-key.ts";
import { IS_ACTIVE } from "../users/users.service.ts";
import { type AccountMade, insertAccount, type NewAccount } from "./accounts.ts";
import { hashPassword, isPasswordRight } from "./password.ts";

type AuthDeps = Deps & { audiences: Audiences };

export interface SignedIn {
  readonly answer: AccountAnswer;
  /** The value for the session cookie. */
  readonly token: string;
}

/**
 * An account with a password. It is not signed in. By an invite, its use is counted, and the account joins the conversation
 * it leads into. Throws registration_closed, invite_required, invite_not_found, username_taken, email_taken.
 */
export async function register(deps: InviteDeps, body: RegisterBody, address: string): Promise<AccountAnswer> {
  const { registration } = await readWorkspaceSettings(deps.db, deps.config);
  if (registration === "closed") throw new AppError("registration_closed");
  if (registration === "invite" && body.invite === undefined) throw new AppError("invite_required");
  const invite = body.invite === undefined ? null : await getOpenInvite(deps, body.invite);
  const passwordHash = await hashPassword(body.password);
  const { username, email } = body;
  const groupId = invite?.conversation_id ?? null;
  const account = { username, role: "user", email, passwordHash, ttlHours: null, groupId } as const;
  const insert = async (tx: Tx) => {
    const inserted = await insertAccount(tx, account);
    const person = { user_id: inserted.id, address };
    return { made: inserted, entered: invite && (await enterByInvite(tx, invite.id, person)) };
  };
  const transaction = () => deps.db.$transaction(insert);
  const { made, entered } = await (invite ? inviteLines.inLine(invite.id, transaction) : transaction());
  await announceAccount(deps, made, entered);
  return presentAccountAnswer(made);
}

/**
 * A guest: a name, no password, gone after a while; signed in at once. By an invite, the guest comes into its conversation
 * and no other. Throws guests_off, invite_not_found (also for an invite to an account), username_taken.
 */
export async function enterAsGuest(deps: InviteDeps, body: GuestBody, origin: SessionOrigin): Promise<SignedIn> {
  const settings = await readWorkspaceSettings(deps.db, deps.config);
  if (!settings.guests) throw new AppError("guests_off");
  const guest = { username: body.username, role: "guest", email: null, passwordHash: null } as const;
  const ttlHours = settings.guest_ttl_hours;
  if (body.invite === undefined) return insertSignedIn(deps, origin, { ...guest, ttlHours });
  // Asked first, so that somebody without a link that is open learns no taken name.
  const invite = await getOpenInvite(deps, body.invite);
  if (invite.conversation_id === null) throw new AppError("invite_not_found");
  const enter = (tx: Tx, made: AccountMade) =>
    enterByInvite(tx, invite.id, { user_id: made.id, address: origin.address });
  const account = { ...guest, ttlHours, joinsEveryone: false, groupId: invite.conversation_id } as const;
  return inviteLines.inLine(invite.id, () => insertSignedIn(deps, origin, account, enter));
}

/** Creates an account and a session for it in one transaction, with whatever else belongs to the act. */
export async function insertSignedIn(
  deps: AuthDeps,
  origin: SessionOrigin,
  account: NewAccount,
  /** Gives the group that the account came into by it, if it did. */
  alsoDo: (tx: Tx, made: AccountMade) => Promise<GroupChange | null> = async () => null,
): Promise<SignedIn & { made: AccountMade }> {
  const { made, entered, token } = await deps.db.$transaction(async (tx) => {
    const inserted = await insertAccount(tx, account);
    const change = await alsoDo(tx, inserted);
    const ground = { password_hash: account.passwordHash };
    return { made: inserted, entered: change, token: await openSession(tx, inserted.id, origin, ground) };
  });
  await announceAccount(deps, made, entered);
  return { answer: presentAccountAnswer(made), token, made };
}

type CheckedAccount = Omit<AccountMade, "joined"> & { readonly password_hash: string | null };

/** The account of a username or e-mail address, if the password is right. Throws password_wrong, server_busy. */
export async function checkPassword(deps: Deps, body: LoginBody): Promise<CheckedAccount> {
  const name = (body.username ?? body.email ?? "").trim();
  const [user] = await ask<CheckedAccount>(
    deps.db,
    sql`
    SELECT u.id, u.username, u.email, u.role, u.expires_at, u.password_hash FROM users u
     WHERE (u.username_key = ${usernameKey(name)} OR u.email = ${name.toLowerCase()}) AND ${IS_ACTIVE}`,
  );
  const isRight = await isPasswordRight(user?.password_hash ?? null, body.password);
  if (!user || !isRight) throw new AppError("password_wrong");
  return user;
}

/** Opens a browser's session for a username or e-mail address and its password. Throws password_wrong, server_busy. */
export async function signIn(deps: Deps, body: LoginBody, origin: SessionOrigin): Promise<SignedIn> {
  const user = await checkPassword(deps, body);
  const token = await openSession(deps.db, user.id, origin, user);
  return { answer: presentAccountAnswer(user), token };
}

/** Ends a session: its row first, then its open sockets. */
export async function signOut(deps: Deps, principal: Principal): Promise<void> {
  announceEnded(deps, await endSessions(deps.db, principal.user_id, { only: principal.session_id }));
}

async function announceAccount(deps: AuthDeps, made: AccountMade, entered: GroupChange | null): Promise<void> {
  const user = { id: made.id, username: made.username, role: made.role };
  await announce(deps.log, () => announceJoinedEveryone(deps, made.joined, user));
  if (entered) await announce(deps.log, () => announceGroupChange(deps, entered));
}

function presentAccountAnswer(account: Omit<AccountMade, "joined">): AccountAnswer {
  const { id, username, email, role, expires_at } = account;
  return { user: { id, username, email, role, ...(expires_at ? { expires_at: expires_at.toISOString() } : {}) } };
}
