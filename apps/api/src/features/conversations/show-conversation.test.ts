import type { Event } from "@confab/shared/events";
import { newId } from "@confab/shared/ids";
import { expect, it } from "vitest";
import { startServer } from "../../../test/start-server.ts";
import { insertGroup, insertPeople } from "../../../test/test-conversation.ts";
import { wire } from "../../app.ts";
import { Connection, type Wire } from "../../core/connection.ts";
import { openDb } from "../../core/db.ts";
import { getConversation } from "./conversations.access.ts";
import { announceConversation } from "./conversations.service.ts";

const MEMBERS = 50;
const sink = { write: () => true, writableLength: 0, bytesWritten: 0 };
const NOWHERE: Wire = { sink, isOpen: () => true, close: () => undefined, terminate: () => undefined };
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };

it("a conversation is shown to all its connected members by one query, to each as they see it", async () => {
  const server = await startServer();
  let queries = 0;
  const plain = openDb(server.config.databaseUrl ?? "");
  const counting = plain.$extends({
    query: {
      $queryRaw({ args, query }) {
        queries += 1;
        return query(args);
      },
    },
  });
  try {
    const people = await insertPeople(
      server.db,
      Array.from({ length: MEMBERS }, (_, n) => `Member ${n}`),
    );
    const id = await insertGroup(server.db, "Crowd", people);
    await server.db
      .$executeRaw`UPDATE conversations SET last_seq = 60, owner_id = ${people[1]}::uuid WHERE id = ${id}::uuid`;
    for (const [n, user_id] of people.entries())
      await server.db.$executeRaw`
        UPDATE conversation_members SET read_seq = ${n}, uncounted = ${n % 3},
               role = (CASE WHEN ${n} < 2 THEN 'owner' ELSE 'member' END)::member_role
         WHERE conversation_id = ${id}::uuid AND user_id = ${user_id}::uuid`;
    await server.db.user.update({ where: { id: people[2] ?? "" }, data: { role: "admin" } });

    const deps = wire(server.config, counting as unknown as typeof plain, silent);
    const heard = new Map<string, Event[]>();
    for (const userId of people) {
      const facts = { id: newId(), userId, sessionId: newId(), account: "" };
      const connection = new Connection(deps.hub, facts, NOWHERE);
      connection.translate = (event) => {
        heard.set(userId, [...(heard.get(userId) ?? []), event]);
        return null;
      };
      deps.hub.add(connection);
    }
    await announceConversation(deps, id, people);
    expect(queries).toBe(1);
    expect(heard.size).toBe(MEMBERS);
    for (const [n, user_id] of people.entries()) {
      const conversation = await getConversation(server.db, { user_id, role: n === 2 ? "admin" : "user" }, id);
      expect(conversation).toMatchObject({
        read_seq: n,
        unread: 60 - n - (n % 3),
        can: { manage: n < 3, transfer: n === 1 || n === 2 },
      });
      expect(heard.get(user_id)).toEqual([{ type: "conversation.joined", conversation }]);
    }
  } finally {
    await plain.$disconnect();
    await server.stop();
  }
});
