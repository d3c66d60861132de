import { newId } from "@confab/shared/ids";
import type { FastifyInstance } from "fastify";
import { type Db, sql } from "../src/core/db.ts";
import { hashSecret, newSecret } from "../src/core/secrets.ts";
import { hashPassword } from "../src/features/auth/password.ts";
import { PASSWORD } from "./test-client.ts";

/** The kinds of people the policy table is walked with. Each stands in the same relation to the scene's own group. */
export const ACTORS = [
  "anonymous",
  "guest",
  "expired guest",
  "member",
  "owner",
  "ex-member",
  "other user",
  "administrator",
  "deactivated",
  "revoked token",
] as const;
export type Actor = (typeof ACTORS)[number];

/** Who of them is in the scene's group and has a direct conversation with Ben. */
const MEMBERS: readonly Actor[] = ["guest", "expired guest", "member", "owner", "deactivated", "revoked token"];

/** What somebody asks about: something of the scene, the same kind of thing of people they have nothing to do with, or nothing. */
export type Target = "own" | "foreign" | "absent";

export interface Scene {
  readonly actorId: string;
  readonly name: string;
  /** What the actor sends to say who they are. */
  readonly headers: Record<string, string>;
  readonly ben: string;
  /** Somebody whose account may be changed at will. */
  readonly carol: string;
  /** Somebody who is in no conversation yet. */
  readonly dario: string;
  readonly conversations: Record<Target, string>;
  /** What the groups are called. */
  readonly names: Record<Target, string>;
  readonly invites: Record<Target, string>;
  readonly sessions: Record<Target, string>;
  readonly people: Record<Target, string>;
}

let scenes = 0;
let passwordHash: Promise<string> | undefined;

async function insertUser(db: Db, name: string, facts: { role?: string; hours?: number; deactivated?: boolean } = {}) {
  passwordHash ??= hashPassword(PASSWORD);
  const id = newId();
  const { role = "user", hours = null, deactivated = false } = facts;
  await db.$executeRaw(sql`
    INSERT INTO users (id, username, username_key, email, role, password_hash, expires_at, deactivated_at)
    VALUES (${id}::uuid, ${name}, ${name.toLowerCase()}, ${role === "guest" ? null : `${id}@example.org`}, ${role}::role,
            ${role === "guest" ? null : await passwordHash}, now() + make_interval(hours => ${hours}::int),
            ${deactivated ? new Date() : null})`);
  return id;
}

async function insertSession(db: Db, userId: string, kind: "browser" | "program") {
  const id = newId();
  const secret = newSecret();
  await db.$executeRaw(sql`
    INSERT INTO sessions (id, user_id, kind, token_hash, device, address, expires_at)
    VALUES (${id}::uuid, ${userId}::uuid, ${kind}::session_kind, ${kind === "browser" ? hashSecret(secret) : null}, 'test', '127.0.0.1',
            now() + interval '1 day')`);
  return { id, secret };
}

async function insertConversation(db: Db, name: string, ownerId: string, memberIds: string[]): Promise<string> {
  const id = newId();
  const everyone = [...new Set([ownerId, ...memberIds])];
  await db.$executeRaw(sql`
    INSERT INTO conversations (id, kind, name, owner_id, revision, member_version, member_count)
    VALUES (${id}::uuid, 'group', ${name}, ${ownerId}::uuid, 1, 1, ${everyone.length})`);
  await db.$executeRaw(sql`
    INSERT INTO conversation_members (conversation_id, user_id, role)
    SELECT ${id}::uuid, user_id, (CASE WHEN user_id = ${ownerId}::uuid THEN 'owner' ELSE 'member' END)::member_role
      FROM unnest(${everyone}::uuid[]) AS user_id`);
  return id;
}

async function insertInvite(db: Db, conversationId: string | null, creatorId: string): Promise<string> {
  const id = newId();
  await db.$executeRaw(sql`
    INSERT INTO invites (id, conversation_id, label, created_by)
    VALUES (${id}::uuid, ${conversationId}::uuid, 'A link', ${creatorId}::uuid)`);
  return id;
}

async function headersOf(app: FastifyInstance, db: Db, actor: Actor, userId: string): Promise<Record<string, string>> {
  if (actor === "anonymous") return {};
  if (actor !== "revoked token") {
    const { secret } = await insertSession(db, userId, "browser");
    return { cookie: `confab_session=${secret}` };
  }
  const { id } = await insertSession(db, userId, "program");
  const token = app.signAccessToken({ session_id: id, user_id: userId, username: "Ada", role: "user" });
  await db.$executeRaw(sql`DELETE FROM sessions WHERE id = ${id}::uuid`);
  return { authorization: `Bearer ${token}` };
}

function factsOf(actor: Actor) {
  if (actor === "guest") return { role: "guest", hours: 1 };
  if (actor === "expired guest") return { role: "guest", hours: -1 };
  if (actor === "administrator") return { role: "admin" };
  return { deactivated: actor === "deactivated" };
}

/** Fresh people, groups, invites and sessions for one actor, straight into the database: thousands of them are needed. */
export async function buildScene(
  { app, db }: { app: FastifyInstance; db: Db },
  actor: Actor,
  about: "conversation" | "account" = "conversation",
): Promise<Scene> {
  scenes += 1;
  const ben = await insertUser(db, `Ben ${scenes}`);
  const carol = await insertUser(db, `Carol ${scenes}`);
  const actorId = await insertUser(db, `Ada ${scenes}`, factsOf(actor));
  const members = MEMBERS.includes(actor) ? [actorId, carol] : [carol];
  const own = await insertConversation(db, `Own ${scenes}`, actor === "owner" ? actorId : ben, [ben, ...members]);
  const foreign = await insertConversation(db, `Foreign ${scenes}`, ben, [carol]);
  return {
    actorId,
    name: `Ada ${scenes}`,
    headers: await headersOf(app, db, actor, actorId),
    ben,
    carol,
    dario: await insertUser(db, `Dario ${scenes}`),
    names: { own: `Own ${scenes}`, foreign: `Foreign ${scenes}`, absent: "Nothing" },
    conversations: { own, foreign, absent: newId() },
    invites: {
      own: await insertInvite(db, about === "account" ? null : own, ben),
      foreign: await insertInvite(db, about === "account" ? own : foreign, ben),
      absent: newId(),
    },
    sessions: {
      own: (await insertSession(db, actorId, "browser")).id,
      foreign: (await insertSession(db, ben, "browser")).id,
      absent: newId(),
    },
    people: { own: actorId, foreign: ben, absent: newId() },
  };
}
