import type { Conversation } from "@confab/shared/conversations";
import type { WorkspaceSettings } from "@confab/shared/workspace";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import {
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  PASSWORD,
  signInElsewhere,
  TestClient,
} from "../../../test/test-client.ts";
import { generalOf, newGroup, newGuestByLink, say } from "../../../test/test-conversation.ts";
import { joinBy, newInvite } from "../../../test/test-invite.ts";
import { newOutsider } from "../../../test/test-outsider.ts";
import { asProgram } from "../../../test/test-program.ts";
import { writeWorkspaceSettings } from "../../core/workspace-settings.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
let garden: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  garden = await newGroup(ada, "Garden", [ben]);
});
afterAll(() => server.stop());
beforeEach(async () => {
  carol = await newGuest(server.url, freshName("Carol"));
});

const emailOf = ({ person }: TestClient) => `${person.username.replaceAll(" ", ".").toLowerCase()}@example.org`;
const claim = (client: TestClient, email = emailOf(client)) =>
  client.post("/api/v1/me/claim", { email, password: PASSWORD });
const rowOf = ({ person }: TestClient) => server.db.user.findUniqueOrThrow({ where: { id: person.id } });
const auditOf = ({ person }: TestClient) =>
  server.db.auditEvent.findMany({ where: { user_id: person.id, action: "account.claimed" } });
const idsOf = async (client: TestClient) =>
  (await client.get("/api/v1/conversations")).body.conversations.map(({ id }: Conversation) => id).sort();

describe("POST /api/v1/me/claim", () => {
  it("makes the guest a user in place: same id, messages and conversations, and no end", async () => {
    const table = await newGroup(ada, "Table", [ben, carol]);
    const { message } = (await say(carol, table, "Hello from a guest")).body;
    const before = { me: (await carol.get("/api/v1/me")).body.me, ids: await idsOf(carol) };

    const answer = await claim(carol, ` ${emailOf(carol).toUpperCase()} `);
    expect([answer.status, answer.body.me]).toEqual([
      200,
      {
        ...before.me,
        role: "user",
        email: emailOf(carol),
        expires_at: null,
        can: {
          start_direct: true,
          create_group: false,
          list_users: true,
          manage_workspace: false,
          claim_account: false,
        },
      },
    ]);
    expect(await idsOf(carol)).toEqual(before.ids);
    const { messages } = (await ben.get(`/api/v1/conversations/${table}/messages`)).body;
    expect(messages).toEqual([{ ...message, sender: { ...carol.person, role: "user" } }]);
    expect((await signInElsewhere(carol)).cookie).not.toBeNull();
    const byEmail = await new TestClient(server.url).post("/login", { email: emailOf(carol), password: PASSWORD });
    expect(byEmail.body.user.id).toBe(carol.person.id);
    expect(await auditOf(carol)).toEqual([
      expect.objectContaining({ actor_id: carol.person.id, address: "127.0.0.1" }),
    ]);
  });

  it("tells whoever shares a conversation, nobody else, and lets the sockets reconnect", async () => {
    const mallory = await newOutsider(server, freshName("Mallory"));
    const [own, bens, outside] = await Promise.all([carol.connect(), ben.connect(), mallory.connect()]);
    const { me } = (await claim(carol)).body;
    expect(await own.closed()).toBe(4403);
    const again = await carol.connect();
    expect((await again.next("ready")).me).toEqual(me);
    expect((await bens.next("user.updated")).user).toEqual({ ...carol.person, role: "user" });
    await Promise.all([bens.settled(), outside.settled()]);
    // Carol was in General before.
    expect(bens.all("member.added")).toEqual([]);
    expect(outside.events.map((event) => event.type)).toEqual(["ready", "pong"]);
    for (const socket of [again, bens, outside]) socket.close();
  });

  it("lets the user into General who was not in it as a guest, and tells its members", async () => {
    carol = await newGuestByLink(ada, garden, freshName("Carol"));
    await say(ben, (await generalOf(ben)).id, "Before Carol came");
    const general = await generalOf(ben);
    const bens = await ben.connect();
    expect((await claim(carol)).status).toBe(200);
    const added = await bens.next("member.added");
    expect(added.member).toMatchObject({ user: { ...carol.person, role: "user" }, role: "member" });
    expect(added).toMatchObject({
      conversation_id: general.id,
      revision: general.revision + 1,
      member_version: general.member_version + 1,
      member_count: general.member_count + 1,
    });
    expect(await idsOf(carol)).toEqual([garden, general.id].sort());
    expect((await generalOf(carol)).unread).toBe(0);
    bens.close();
  });

  it("works for a program as well", async () => {
    const answer = await claim(await asProgram(carol));
    expect([answer.status, answer.body.me.role]).toEqual([200, "user"]);
    expect((await carol.get("/api/v1/me")).body.me).toEqual(answer.body.me);
  });

  it.each([
    ["a user", () => ben, 409, "guest_required"],
    ["an administrator", () => ada, 409, "guest_required"],
    ["a stranger", () => new TestClient(server.url), 401, "sign_in_required"],
  ])("is nothing for %s", async (_who, who, status, code) => {
    const answer = await claim(who(), "nobody@example.org");
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await server.db.user.count({ where: { email: "nobody@example.org" } })).toBe(0);
  });

  it("refuses somebody else's address: 409, and the guest stays one, silently", async () => {
    carol = await newGuestByLink(ada, garden, freshName("Carol"));
    const [before, ids, bens] = [await rowOf(carol), await idsOf(carol), await ben.connect()];
    const answer = await claim(carol, emailOf(ben).toUpperCase());
    expect([answer.status, answer.body.code]).toEqual([409, "email_taken"]);
    expect([await rowOf(carol), await idsOf(carol), await auditOf(carol)]).toEqual([before, ids, []]);
    await bens.settled();
    expect(bens.all("user.updated").length + bens.all("member.added").length).toBe(0);
    bens.close();
  });

  it("happens once, however often it is asked for at the same moment", async () => {
    carol = await newGuestByLink(ada, garden, freshName("Carol"));
    const { member_count } = await generalOf(ben);
    const answers = await Promise.all([1, 2, 3].map((n) => claim(carol, `${n}.${emailOf(carol)}`)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    expect(await auditOf(carol)).toHaveLength(1);
    expect((await generalOf(ben)).member_count).toBe(member_count + 1);
  });
});

/** What everybody is told a guest may do: by the page's first question, and by the socket. */
async function toldToClaim(client: TestClient): Promise<boolean[]> {
  const socket = await client.connect();
  const ready = await socket.next("ready");
  socket.close();
  return [(await client.get("/api/v1/me")).body.me.can.claim_account, ready.me.can.claim_account];
}

describe("POST /api/v1/me/claim where registration is not open", () => {
  const registerWith = (registration: WorkspaceSettings["registration"]) =>
    writeWorkspaceSettings(server.db, { registration });
  afterEach(() => registerWith("open"));

  const byLink = () => newGuestByLink(ada, garden, freshName("Carol"));
  it.each<[WorkspaceSettings["registration"], string, () => Promise<TestClient>, string]>([
    ["closed", "without a link", async () => carol, "registration_closed"],
    ["closed", "by a link", byLink, "registration_closed"],
    ["invite", "without a link", async () => carol, "invite_required"],
  ])("but %s, is refused to a guest who came %s, and changes nothing", async (registration, _how, come, code) => {
    const guest = await come();
    await registerWith(registration);
    const before = await rowOf(guest);
    expect(await toldToClaim(guest)).toEqual([false, false]);
    const answer = await claim(guest);
    expect([answer.status, answer.body.code]).toEqual([403, code]);
    expect([await rowOf(guest), await auditOf(guest)]).toEqual([before, []]);
  });

  it("but by invitation, is open to a guest who came by a link, also when it has been revoked since", async () => {
    await registerWith("invite");
    carol = await byLink();
    await server.db.invite.updateMany({ data: { revoked_at: new Date() } });
    expect(await toldToClaim(carol)).toEqual([true, true]);
    const answer = await claim(carol);
    expect([answer.status, answer.body.me]).toMatchObject([200, { role: "user", can: { claim_account: false } }]);
    expect((await signInElsewhere(carol)).cookie).not.toBeNull();
    expect(await auditOf(carol)).toHaveLength(1);
  });

  it("but by invitation, is open to a guest who has joined by a link later", async () => {
    await registerWith("invite");
    expect(await toldToClaim(carol)).toEqual([false, false]);
    const { token } = await newInvite(ada, garden);
    expect((await joinBy(carol, token)).status).toBe(200);
    expect(await toldToClaim(carol)).toEqual([true, true]);
    expect((await claim(carol)).status).toBe(200);
  });
});

describe("a guest whose time runs out", () => {
  it("before the claim: is refused like a stranger", async () => {
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: new Date(Date.now() - 1_000) } });
    const answer = await claim(carol);
    expect([answer.status, answer.body.code]).toEqual([401, "sign_in_required"]);
  });

  it("in the same moment: nothing is done by halves", async () => {
    carol = await newGuestByLink(ada, garden, freshName("Carol"));
    let asked: ReturnType<typeof claim> | undefined;
    await server.db.$transaction(async (tx) => {
      await tx.$executeRaw`UPDATE users SET expires_at = now() - interval '1 second' WHERE id = ${carol.person.id}::uuid`;
      asked = claim(carol);
      // Let in by what it was before, the request waits for the account.
      const isWaiting = async () =>
        (
          await server.db.$queryRaw<unknown[]>`
          SELECT 1 FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'`
        ).length > 0;
      await expect.poll(isWaiting).toBe(true);
    });
    const answer = await asked;
    expect([answer?.status, answer?.body.code]).toEqual([401, "sign_in_required"]);
    expect(await rowOf(carol)).toMatchObject({ role: "guest", email: null, password_hash: null });
    expect(await server.db.conversationMember.count({ where: { user_id: carol.person.id } })).toBe(1);
    expect(await auditOf(carol)).toEqual([]);
  });
});
