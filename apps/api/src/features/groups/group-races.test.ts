import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, expectGapFree, newGroup, say } from "../../../test/test-conversation.ts";

/** Often enough for each order of the two to happen. */
const ROUNDS = 4;

let server: TestServer;
let grace: TestClient;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startServer();
  grace = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
});
afterAll(() => server.stop());

const memberPath = (id: string, client: TestClient, rest = "") =>
  conversationPath(id, `/members/${client.person.id}${rest}`);
const leave = (who: TestClient, id: string, successor?: TestClient) =>
  who.post(conversationPath(id, "/leave"), successor ? { successor_id: successor.person.id } : {});
const statuses = (answers: Answer[]) => answers.map((answer) => answer.status).sort();

/** A group that Ada answers for, in which these are owners, too. */
async function groupOfAda(...owners: TestClient[]): Promise<string> {
  const id = await newGroup(grace, freshName("Group"), [ada, ben, carol]);
  await leave(grace, id, ada);
  for (const owner of owners) await ada.put(memberPath(id, owner, "/role"), { role: "owner" });
  return id;
}

/** What must be true of every group that somebody could own: who answers for it is in it, as an owner. */
async function expectOwned(id: string) {
  const group = await server.db.conversation.findUniqueOrThrow({ where: { id }, include: { members: true } });
  expect(group.member_count).toBe(group.members.length);
  const keeper = group.members.find((member) => member.user_id === group.owner_id);
  if (group.members.length > 0) expect(keeper?.role).toBe("owner");
  return { ...group, userIds: group.members.map((member) => member.user_id) };
}

describe("two who act in a group at once", () => {
  it("remove each other: one of them does", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await groupOfAda(ben, carol);
      const answers = await Promise.all([
        ben.send("DELETE", memberPath(id, carol)),
        carol.send("DELETE", memberPath(id, ben)),
      ]);
      expect(statuses(answers)).toEqual([204, 404]);
      const { userIds } = await expectOwned(id);
      expect(userIds).toHaveLength(2);
    }
  });

  it("leave together, or are removed while leaving: somebody still answers for the group", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await groupOfAda(ben);
      const other = round % 2 ? () => leave(ben, id) : () => grace.send("DELETE", memberPath(id, ben));
      const answers = await Promise.all([leave(ada, id, ben), other()]);
      // Whoever was named is gone by then, or answers for the group by then and has to name somebody.
      for (const { status } of answers) expect([204, 404, 409]).toContain(status);
      expect(statuses(answers)[0]).toBe(204);
      await expectOwned(id);
    }
  });

  it("hands over to somebody who leaves: they leave first, or have to hand on", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await groupOfAda();
      const [handed, left] = await Promise.all([
        ada.put(conversationPath(id, "/owner"), { user_id: ben.person.id }),
        leave(ben, id),
      ]);
      const { owner_id } = await expectOwned(id);
      const outcome = [handed.status, left.status, owner_id];
      expect([
        [200, 409, ben.person.id],
        [404, 204, ada.person.id],
      ]).toContainEqual(outcome);
    }
  });

  it("hand over to two, hand over and leave, take rights and use them: every outcome is one after the other", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await groupOfAda(ben);
      const answers = await Promise.all([
        ada.put(conversationPath(id, "/owner"), { user_id: ben.person.id }),
        ada.put(conversationPath(id, "/owner"), { user_id: carol.person.id }),
        leave(ada, id, carol),
        ben.send("DELETE", memberPath(id, carol)),
        grace.put(memberPath(id, ben, "/role"), { role: "member" }),
      ]);
      for (const { status } of answers) expect(status).toBeLessThan(500);
      await expectOwned(id);
    }
  });

  it("add the same people: each comes in once, and revisions have no gap", async () => {
    const id = await newGroup(grace, freshName("Group"), [ada]);
    const seen = await ada.connect();
    const user_ids = [ben.person.id, carol.person.id];
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        grace.post(conversationPath(id, "/members"), { user_ids: n % 2 ? user_ids : user_ids.toReversed() }),
      ),
    );
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(answers.flatMap((answer) => answer.body.members)).toHaveLength(2);
    await seen.settled();
    expect(seen.all("member.added").map((event) => event.revision)).toEqual([2, 3]);
    await expectOwned(id);
  });

  it("delete the same group: one does, and for the other it is gone", async () => {
    const id = await newGroup(grace, "Twice", [ada]);
    const remove = () => grace.post(conversationPath(id, "/delete"), { name: "Twice" });
    const answers = await Promise.all([remove(), remove(), remove()]);
    expect(statuses(answers)).toEqual([204, 404, 404]);
    expect(await server.db.auditEvent.count({ where: { conversation_id: id, action: "group.deleted" } })).toBe(1);
  });
});

describe("a group that is archived while people write", () => {
  it("takes everything before and nothing after, and everyone is told which", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await groupOfAda();
      const seen = await carol.connect();
      const sends = Array.from({ length: 20 }, (_, n) => say(n % 2 ? ada : ben, id, `message ${n}`));
      const [closed, ...answers] = await Promise.all([ada.post(conversationPath(id, "/archive"), {}), ...sends]);
      expect(closed.status).toBe(200);
      const event = await seen.next("conversation.updated");
      const stored = await expectGapFree(server.db, id);
      for (const { revision } of stored) expect(revision).toBeLessThan(event.revision);
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(stored.length);
      for (const answer of answers.filter(({ status }) => status !== 201))
        expect(answer).toMatchObject({ status: 409, body: { code: "conversation_archived" } });
      expect((await say(ben, id, "too late")).status).toBe(409);
      await seen.until(() => seen.all("message.created").length === stored.length, "every message stored");
      seen.close();
    }
  });
});
