import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  type Answer,
  freshName,
  newAdministrator,
  newGuest,
  PASSWORD,
  type TestClient,
} from "../../../test/test-client.ts";
import {
  conversationPath,
  expectGapFree,
  generalOf,
  newGroup,
  newGuestByLink,
  say,
} from "../../../test/test-conversation.ts";
import { joinBy, newInvite } from "../../../test/test-invite.ts";
import { newOutsider } from "../../../test/test-outsider.ts";

// Acts that lock both conversations and accounts, met where they could wait for each other: one of them would be given up, and
// its caller told 503. No act here checks a password while another waits: nobody waits long for a lock.

let server: TestServer;
let ada: TestClient;
let general: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  general = (await generalOf(ada)).id;
});
afterAll(() => server.stop());

type Act = () => Promise<Answer>;

/** Lets acts come to a conversation that is locked, one after the other, and lets them all go at once. */
async function meetAt(conversationId: string, acts: Act[]): Promise<number[]> {
  const asked: Promise<Answer>[] = [];
  let answered = 0;
  await server.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM conversations WHERE id = ${conversationId}::uuid FOR NO KEY UPDATE`;
      for (const act of acts) {
        const answer = act();
        asked.push(answer);
        void answer.finally(() => {
          answered += 1;
        });
        await expect
          .poll(async () => answered + (await countWaiting()), { timeout: 5_000, interval: 10 })
          .toBe(asked.length);
      }
    },
    { timeout: 30_000 },
  );
  return (await Promise.all(asked)).map((answer) => answer.status);
}

async function countWaiting(): Promise<number> {
  const [row] = await server.db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row?.n ?? 0;
}

const promote = ({ person }: TestClient) => ada.put(`/api/v1/accounts/${person.id}/role`, { role: "user" });
const add = (id: string, { person }: TestClient) =>
  ada.post(conversationPath(id, "/members"), { user_ids: [person.id] });
const makeOwner = (id: string, { person }: TestClient) =>
  ada.put(conversationPath(id, `/members/${person.id}/role`), { role: "owner" });
const deleteAccount = (client: TestClient) => client.post("/api/v1/me/delete", { username: client.person.username });
const expire = ({ person }: TestClient) => ada.post(`/api/v1/accounts/${person.id}/expire`, {});
const claim = (client: TestClient, email: string) => client.post("/api/v1/me/claim", { email, password: PASSWORD });
const createAccount = (email: string) =>
  ada.post("/api/v1/accounts", { username: freshName("Erin"), email, role: "user" });

const freshEmail = () => `${freshName("carol").replace(" ", ".")}@example.org`;
const newGroupOfAda = (...members: TestClient[]) => newGroup(ada, freshName("Group"), members);

describe("two acts that lock a group and an account do not wait for each other", () => {
  it("Ben deletes his account, and is made owner of a group", async () => {
    const [ben, group] = [await newOutsider(server, freshName("Ben")), await newGroupOfAda()];
    await add(group, ben);
    expect(await meetAt(group, [() => makeOwner(group, ben), () => deleteAccount(ben)])).toEqual([200, 204]);
    const { members } = (await ada.get(conversationPath(group, "/members"))).body;
    expect(members).toHaveLength(1);
  });

  it("Carol is made a user and added to a group, while another guest's visit to that one and General ends", async () => {
    const dan = await newGuest(server.url, freshName("Dan"));
    const carol = await newGuestByLink(ada, await newGroupOfAda(), freshName("Carol"));
    const group = await newGroupOfAda(dan);
    const statuses = await meetAt(general, [() => expire(dan), () => promote(carol), () => add(group, carol)]);
    expect(statuses).toEqual([200, 200, 200]);
    expect(await server.db.conversationMember.count({ where: { user_id: dan.person.id } })).toBe(0);
    expect((await generalOf(carol)).id).toBe(general);
  });

  it("Carol claims an account, and somebody is given one with the same address", async () => {
    const carol = await newGuestByLink(ada, await newGroupOfAda(), freshName("Carol"));
    const email = freshEmail();
    expect(await meetAt(general, [() => claim(carol, email), () => createAccount(email)])).toEqual([200, 409]);
  });

  it("Carol claims an account, and joins a group by a link", async () => {
    const carol = await newGuestByLink(ada, await newGroupOfAda(), freshName("Carol"));
    const { token } = await newInvite(ada, await newGroupOfAda());
    const statuses = await meetAt(general, [() => claim(carol, freshEmail()), () => joinBy(carol, token)]);
    expect(statuses).toEqual([200, 200]);
  });

  it("whoever is put into a group while deleting the account is out of that one, too", async () => {
    const ben = await newOutsider(server, freshName("Ben"));
    const [group, other] = [await newGroupOfAda(ben), await newGroupOfAda()];
    const acts = [() => deleteAccount(ben), () => add(other, ben)];
    expect(await meetAt(group, acts)).toEqual([204, 200]);
    expect(await server.db.conversationMember.count({ where: { user_id: ben.person.id } })).toBe(0);
    expect((await server.db.conversation.findUniqueOrThrow({ where: { id: other } })).member_count).toBe(1);
  });
});

describe("many at once", () => {
  // Few for one lock, so that nobody waits long for it on a busy machine, but often.
  it("people become users, are added, expired and come in by links, while others write: nobody is told to try again", async () => {
    for (let round = 0; round < 12; round += 1) {
      const lobby = await newGroupOfAda();
      const dan = await newGuest(server.url, freshName("Dan"));
      const carol = await newGuestByLink(ada, lobby, freshName("Carol"));
      const erin = await newGuestByLink(ada, lobby, freshName("Erin"));
      const [garden, harbour] = [await newGroupOfAda(dan), await newGroupOfAda(dan)];
      const { token } = await newInvite(ada, harbour);
      const claimed = claim(erin, freshEmail());
      // What takes longest is begun first, and some rounds meet it.
      for (let sent = 0; sent < round; sent += 1) await ada.get("/api/v1/me");
      const answers = await Promise.all([
        expire(dan),
        promote(carol),
        add(garden, carol),
        claimed,
        joinBy(erin, token),
        say(ada, garden, "meanwhile"),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
      expect(await server.db.user.count({ where: { id: dan.person.id, deleted_at: { not: null } } })).toBe(1);
      for (const id of [general, garden, harbour]) {
        await expectGapFree(server.db, id);
        const found = await server.db.conversation.findUniqueOrThrow({ where: { id }, include: { members: true } });
        expect(found.member_count).toBe(found.members.length);
      }
    }
  }, 60_000);
});
