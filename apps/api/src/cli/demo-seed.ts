import { newId } from "@confab/shared/ids";
import type { wire } from "../app.ts";
import { ask, sql } from "../core/db.ts";
import { insertAccount } from "../features/auth/accounts.ts";
import { hashPassword } from "../features/auth/password.ts";
import { createDirect, createGroup } from "../features/conversations/conversations.service.ts";
import { moveReadMarker } from "../features/read-markers/read-markers.service.ts";
import type { Principal } from "../plugins/session.ts";
import {
  DEMO_DIRECTS,
  DEMO_GROUPS,
  DEMO_GUEST,
  DEMO_PEOPLE,
  demoPassword,
  GENERAL_SCENE,
  LONG_GROUP,
  SMALL_TALK,
  supportLine,
} from "./demo-content.ts";

type DemoDeps = ReturnType<typeof wire>;
type People = ReadonlyMap<string, Principal>;
type Line = readonly [who: string, text: string];

/** Fills an empty, prepared database with people who talk. Everything goes through the services, so every rule holds. */
export async function seedDemo(deps: DemoDeps): Promise<void> {
  const people = await seedPeople(deps);
  const ada = personNamed(people, "Ada");
  await talk(deps, people, await generalId(deps), [...smallTalk([...people.keys()], 60), ...GENERAL_SCENE]);
  for (const group of DEMO_GROUPS) {
    const member_ids = group.members.map((name) => personNamed(people, name).user_id);
    const { id } = await createGroup(deps, ada, { ...group, member_ids });
    await talk(deps, people, id, [...smallTalk(group.members, group.filler), ...group.scene]);
  }
  for (const { pair, scene } of DEMO_DIRECTS) {
    const { conversation } = await createDirect(
      deps,
      personNamed(people, pair[0]),
      personNamed(people, pair[1]).user_id,
    );
    await talk(deps, people, conversation.id, scene);
  }
  await seedLongGroup(deps, people, ada);
  await spreadOverTime(deps);
  await leaveSomeUnread(deps, people);
}

async function seedPeople(deps: DemoDeps): Promise<People> {
  const people = new Map<string, Principal>();
  for (const name of [...DEMO_PEOPLE, DEMO_GUEST]) {
    const isGuest = name === DEMO_GUEST;
    const first = name.split(" ")[0] ?? name;
    const account = {
      username: name,
      role: isGuest ? "guest" : name === DEMO_PEOPLE[0] ? "admin" : "user",
      email: isGuest ? null : `${first.toLowerCase()}@example.org`,
      passwordHash: isGuest ? null : await hashPassword(demoPassword(name)),
      ttlHours: isGuest ? 24 : null,
    } as const;
    const { id, ...made } = await deps.db.$transaction((tx) => insertAccount(tx, account));
    const origin = { address: "127.0.0.1", network: "127.0.0.1" };
    people.set(first, { ...made, session_id: "", user_id: id, language: "en", ...origin });
  }
  return people;
}

function personNamed(people: People, name: string): Principal {
  const person = people.get(name);
  if (!person) throw new Error(`nobody in the demo is called ${name}`);
  return person;
}

async function generalId(deps: DemoDeps): Promise<string> {
  const [general] = await ask<{ id: string }>(deps.db, sql`SELECT id FROM conversations WHERE joined_by_everyone`);
  if (!general) throw new Error("the group that everyone joins is missing");
  return general.id;
}

/** The writer keeps the order in which sends come in, so they need not be awaited one by one. */
async function talk(deps: DemoDeps, people: People, conversationId: string, lines: readonly Line[]): Promise<void> {
  const sends = lines.map(([who, content]) =>
    deps.writer.write({
      id: newId(),
      conversation_id: conversationId,
      sender_id: personNamed(people, who).user_id,
      content,
      sent_from_client: new Date().toISOString(),
    }),
  );
  await Promise.all(sends);
}

/** Repeatable, and uneven enough to look like people: somebody says one to three things, then somebody else. */
function smallTalk(names: readonly string[], count: number): Line[] {
  return Array.from({ length: count }, (_, n) => {
    const who = names[(Math.floor(n / 2) * 7 + 3) % names.length] ?? "Ada";
    return [who, SMALL_TALK[(n * 11 + Math.floor(n / 7)) % SMALL_TALK.length] ?? "Hello."];
  });
}

async function seedLongGroup(deps: DemoDeps, people: People, owner: Principal): Promise<void> {
  const member_ids = LONG_GROUP.members.map((name) => personNamed(people, name).user_id);
  const { id } = await createGroup(deps, owner, { ...LONG_GROUP, member_ids });
  const senders = ["Carol", "Dario"];
  const part = 5_000;
  for (let from = 0; from < LONG_GROUP.count; from += part) {
    const lines = Array.from(
      { length: part },
      (_, n): Line => [senders[(from + n) % 5 === 0 ? 1 : 0] ?? "Carol", supportLine(from + n + 1)],
    );
    await talk(deps, people, id, lines);
  }
}

/**
 * Messages come in bursts with nights in between, and some conversations have been quiet for a while. Only the clock is
 * moved; the order (seq) stays what it is.
 */
async function spreadOverTime(deps: DemoDeps): Promise<void> {
  await ask(
    deps.db,
    sql`
    UPDATE messages m SET sent_from_server = t.moment, sent_from_client = t.moment
      FROM (
        SELECT x.conversation_id, x.seq,
               now() - make_interval(mins => (c.last_seq - x.seq) * (CASE WHEN c.last_seq > 1000 THEN 11 ELSE 2 END)
                 + (c.last_seq - x.seq) / 9 * 97 + c.quiet) AS moment
          FROM messages x
          JOIN (SELECT *, (power(row_number() OVER (ORDER BY coalesce(name, '') <> 'Launch week', id), 3) * 11 - 9)::int AS quiet
                  FROM conversations) c ON c.id = x.conversation_id
      ) t
     WHERE m.conversation_id = t.conversation_id AND m.seq = t.seq`,
  );
}

/** Everyone has read everything, except for the last words in a few of the administrator's conversations. */
async function leaveSomeUnread(deps: DemoDeps, people: People): Promise<void> {
  const rows = await ask<{ id: string; name: string | null; last_seq: number; user_id: string }>(
    deps.db,
    sql`
    SELECT c.id, c.name, c.last_seq, m.user_id FROM conversations c JOIN conversation_members m ON m.conversation_id = c.id`,
  );
  const ada = personNamed(people, "Ada").user_id;
  const left: Record<string, number> = { "Launch week": 2, Design: 4 };
  for (const person of people.values())
    for (const row of rows.filter((each) => each.user_id === person.user_id)) {
      const unread = person.user_id === ada ? (left[row.name ?? ""] ?? 0) : 0;
      await moveReadMarker(deps, person, row.id, row.last_seq - unread);
    }
}
