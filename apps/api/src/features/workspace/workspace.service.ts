import type { SetupBody } from "@confab/shared/auth";
import type { UpdateWorkspaceBody, Workspace, WorkspaceSettings } from "@confab/shared/workspace";
import { recordAudit } from "../../core/audit.ts";
import type { Config } from "../../core/config.ts";
import { ask, type Db, type Sql, sql, type Tx } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { AppError } from "../../core/errors.ts";
import { hashSecret, newSecret } from "../../core/secrets.ts";
import { readWorkspaceSettings, writeWorkspaceSettings } from "../../core/workspace-settings.ts";
import type { Principal } from "../../plugins/session.ts";
import { type AccountMade, insertAccount } from "../auth/accounts.ts";
import { insertSignedIn, type SignedIn } from "../auth/auth.service.ts";
import { hashPassword } from "../auth/password.ts";
import { ensureEveryoneGroup, ownEveryoneGroup } from "../conversations/everyone-group.ts";
import type { Audiences } from "../members/audiences.ts";
import type { SessionOrigin } from "../sessions/sessions.ts";

const SETUP_KEY = "setup_token_hash";
export const VERSION = "0.1.0";

/** What a page needs to know before anyone is signed in. */
export async function describeWorkspace(deps: Deps): Promise<Workspace> {
  return {
    ...(await readWorkspaceSettings(deps.db, deps.config)),
    setup_needed: !(await hasAdministrator(deps.db)),
    ws_url: deps.config.wsUrl ?? null,
    version: VERSION,
  };
}

/**
 * What an administrator decides, from now on and on every node; it goes before what the environment says. Settings that are
 * not named stay as they are.
 */
export async function updateWorkspace(deps: Deps, principal: Principal, body: UpdateWorkspaceBody): Promise<Workspace> {
  await deps.db.$transaction(async (tx) => {
    // One at a time: what is noted as changed must be what was there.
    await lockWorkspace(tx);
    const before = await readWorkspaceSettings(tx, deps.config);
    await writeWorkspaceSettings(tx, body);
    const after = await readWorkspaceSettings(tx, deps.config);
    const names = (Object.keys(after) as (keyof WorkspaceSettings)[]).filter((name) => after[name] !== before[name]);
    if (names.length === 0) return;
    await recordAudit(tx, {
      action: "workspace.updated",
      actor_id: principal.user_id,
      address: principal.address,
      details: Object.fromEntries(names.map((name) => [name, { from: before[name], to: after[name] }])),
    });
  });
  return describeWorkspace(deps);
}

async function lockWorkspace(tx: Tx): Promise<void> {
  await tx.$executeRaw(sql`SELECT pg_advisory_xact_lock(hashtext('confab workspace'))`);
}

/**
 * Makes a fresh database ready: the group "General", the administrator of the ADMIN_ settings, or else a new one-time
 * set-up token, which is returned and replaces the one before; null when there is an administrator.
 */
export async function prepareWorkspace(deps: Pick<Deps, "db" | "config">): Promise<string | null> {
  await ensureEveryoneGroup(deps.db);
  const { admin } = deps.config;
  if (!admin) return replaceSetupToken(deps.db);
  // Nearly always so, and neither the password has to be hashed then nor Prisma's compiler loaded (core/db.ts).
  if (!(await hasAdministrator(deps.db))) await makeAdministrator(deps.db, admin);
  return null;
}

/** A link that was printed before must not outlive its purpose: of two nodes that start together, the second one's works. */
async function replaceSetupToken(db: Db): Promise<string | null> {
  const token = newSecret();
  const value = JSON.stringify(hashSecret(token).toString("hex"));
  const made = await ask(
    db,
    sql`
    INSERT INTO settings (key, value)
    SELECT ${SETUP_KEY}, ${value}::jsonb WHERE NOT EXISTS (SELECT 1 FROM users WHERE role = 'admin')
    ON CONFLICT (key) DO UPDATE SET value = excluded.value
    RETURNING key`,
  );
  return made.length > 0 ? token : null;
}

async function makeAdministrator(db: Db, { username, email, password }: NonNullable<Config["admin"]>): Promise<void> {
  const passwordHash = await hashPassword(password);
  await db.$transaction(async (tx) => {
    // One node at a time: two starting together must not make two administrators.
    await lockWorkspace(tx);
    if (await hasAdministrator(tx)) return;
    await tx.$executeRaw(sql`DELETE FROM settings WHERE key = ${SETUP_KEY}`);
    const made = await insertAccount(tx, { username, role: "admin", email, passwordHash, ttlHours: null });
    await installAdministrator(tx, made, null);
  });
}

/** The first administrator, by the set-up link. The link works once. Throws setup_link_invalid, username_taken, email_taken. */
export async function setUp(
  deps: Deps & { audiences: Audiences },
  body: SetupBody,
  origin: SessionOrigin,
): Promise<SignedIn> {
  // Asked first, so that somebody without the token learns no taken name and costs no hashing.
  if (!(await isSetupToken(deps.db, body.token))) throw new AppError("setup_link_invalid");
  const passwordHash = await hashPassword(body.password);
  return insertSignedIn(
    deps,
    origin,
    { username: body.username, role: "admin", email: body.email, passwordHash, ttlHours: null },
    async (tx, made) => {
      await spendSetupToken(tx, body.token, made.id);
      await installAdministrator(tx, made, origin.address);
      return null;
    },
  );
}

/** Gives "General" to the first administrator, who came from an address; or whom the server made, by its settings. */
async function installAdministrator(tx: Tx, made: AccountMade, address: string | null): Promise<void> {
  await ownEveryoneGroup(tx, made.id);
  await recordAudit(tx, {
    action: "workspace.set_up",
    actor_id: address === null ? null : made.id,
    user_id: made.id,
    address,
    details: { name: made.username },
  });
}

async function isSetupToken(tx: Tx, token: string): Promise<boolean> {
  const rows = await ask(tx, sql`SELECT 1 FROM settings WHERE ${settingOf(token)}`);
  return rows.length > 0;
}

function settingOf(token: string): Sql {
  return sql`key = ${SETUP_KEY} AND value = to_jsonb(${hashSecret(token).toString("hex")}::text)`;
}

/**
 * Deleting the row is what makes the token one-time: of two who come at once, one finds it gone. A node that starts while the
 * first administrator is being made may leave a token behind: it is worth nothing once there is another administrator.
 */
async function spendSetupToken(tx: Tx, token: string, userId: string): Promise<void> {
  await lockWorkspace(tx);
  const spent = await tx.$executeRaw(sql`DELETE FROM settings WHERE ${settingOf(token)}`);
  if (spent === 0 || (await hasAdministrator(tx, sql`id <> ${userId}::uuid`))) throw new AppError("setup_link_invalid");
}

async function hasAdministrator(tx: Tx, condition = sql`true`): Promise<boolean> {
  const rows = await ask(tx, sql`SELECT 1 FROM users WHERE role = 'admin' AND ${condition} LIMIT 1`);
  return rows.length > 0;
}
