import { newId } from "@confab/shared/ids";
import type { Invite } from "@confab/shared/invites";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newUser, TestClient } from "../../../test/test-client.ts";
import { newGroup } from "../../../test/test-conversation.ts";
import { invitesPath, joinBy, newInvite, openLink } from "../../../test/test-invite.ts";
import { writeInviteToken } from "./invite-tokens.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
/** Ben's, with Carol in it. */
let group: string;
let nobody: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
  nobody = new TestClient(server.url);
  await choose({ group_creation: "users" });
});
afterAll(() => server.stop());
beforeEach(async () => {
  await choose({ registration: "open", guests: true, guest_ttl_hours: 24 });
  group = await newGroup(ben, "Garden", [carol]);
});

async function choose(settings: object): Promise<void> {
  expect((await ada.send("PATCH", "/api/v1/workspace", settings)).status).toBe(200);
}

/** Not to be opened, not to be joined by, and not to come in by, all in the same words. */
async function expectClosed(token: string): Promise<void> {
  const mallory = { username: "Mallory", email: "mallory@example.org", password: "a long enough password" };
  const answers = [
    await openLink(nobody, token),
    await joinBy(ada, token),
    await nobody.post("/guest", { username: "Mallory", invite: token }),
    await nobody.post("/register", { ...mallory, invite: token }),
  ];
  const absent = (await openLink(nobody, "nonsense")).body;
  for (const { status, body } of answers) {
    expect(status).toBe(404);
    expect({ ...body, request_id: "" }).toEqual({ ...absent, code: "invite_not_found", request_id: "" });
  }
  expect(await server.db.user.count({ where: { username: "Mallory" } })).toBe(0);
}

describe("POST /api/v1/invites/open", () => {
  it("tells whoever holds the link where it leads, who made it, and how one can come in", async () => {
    await ben.send("PATCH", `/api/v1/conversations/${group}`, { description: "What grows." });
    const { token } = await newInvite(ben, group, { label: "only for us", uses_max: 1, expires_in_hours: 1 });
    for (const client of [nobody, carol, ada]) {
      const answer = await openLink(client, token);
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({
        invite: {
          conversation: { id: group, name: "Garden", description: "What grows.", member_count: 2 },
          invited_by: "Ben",
          guests: true,
          guest_ttl_hours: 24,
          registration: true,
        },
      });
    }
    expect((await server.db.invite.findFirstOrThrow({ where: { conversation_id: group } })).use_count).toBe(0);
  });

  it("tells of a link to an account that it leads into none, and takes no guests", async () => {
    const { token } = await newInvite(ada, null);
    expect((await openLink(nobody, token)).body).toEqual({
      invite: { conversation: null, invited_by: "Ada", guests: false, guest_ttl_hours: 24, registration: true },
    });
  });

  it("says what the workspace lets newcomers do at this moment", async () => {
    const { token } = await newInvite(ben, group);
    const told = async () => (await openLink(nobody, token)).body.invite;
    await choose({ registration: "invite", guest_ttl_hours: 1.5 });
    expect(await told()).toMatchObject({ guests: true, guest_ttl_hours: 1.5, registration: true });
    await choose({ registration: "closed", guests: false });
    expect(await told()).toMatchObject({ guests: false, registration: false });
  });

  it.each([
    ["token", [null, 1, true, [], {}, "", "x".repeat(101), "a\u0000b", "\udfff"]],
    ["id", [newId()]],
    ["conversation_id", [newId()]],
    ["created_at", ["2026-01-01T00:00:00Z"]],
  ])("and join refuse a wrong %s, naming it", async (field, values) => {
    const { token } = await newInvite(ben, group);
    for (const path of ["/api/v1/invites/open", "/api/v1/invites/join"]) {
      for (const value of values) {
        const answer = await ada.post(path, { token, [field]: value });
        expect([answer.status, value]).toEqual([400, value]);
        expect(answer.body.errors[0].field).toBe(field);
      }
      expect((await ada.post(path, {})).body.errors[0].field).toBe("token");
      expect((await ada.post(path, `{"token":"${token}","__proto__":{}}`)).status).toBe(400);
    }
    expect((await server.db.invite.findFirstOrThrow({ where: { conversation_id: group } })).use_count).toBe(0);
  });

  it("is limited for an address, by a number of its own", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.01" });
    try {
      const client = new TestClient(strict.url);
      for (let n = 0; n < 3; n += 1) expect((await openLink(client, "nonsense")).status).toBe(404);
      const refused = await openLink(client, "nonsense");
      expect([refused.status, refused.body.code]).toEqual([429, "too_many_requests"]);
      expect((await client.post("/guest", { username: "Dora" })).status).toBe(201);
    } finally {
      await strict.stop();
    }
  });
});

describe("a link is not open", () => {
  it("when it is nonsense, forged, cut, or of a key that is not ours", async () => {
    const { id, token } = await newInvite(ben, group);
    const other = await newInvite(ben, group);
    const forged = [
      "nonsense",
      id,
      token.slice(0, -1),
      token.slice(0, 22),
      `${token}A`,
      token.slice(0, 22) + other.token.slice(22),
      writeInviteToken("another server's key, which is not ours", id),
      writeInviteToken(server.app.tokenSecret, newId()),
    ];
    for (const each of forged) await expectClosed(each);
    expect((await openLink(nobody, token)).status).toBe(200);
  });

  const endings: [string, (invite: Invite) => Promise<unknown>][] = [
    ["it is revoked", ({ id }) => ben.send("DELETE", `${invitesPath(group)}/${id}`)],
    ["its time is up", ({ id }) => server.db.invite.update({ where: { id }, data: { expires_at: new Date() } })],
    ["it is used up", ({ id }) => server.db.invite.update({ where: { id }, data: { uses_max: 2, use_count: 2 } })],
    ["its group is archived", () => ben.post(`/api/v1/conversations/${group}/archive`, {})],
    ["its group is deleted", () => ben.post(`/api/v1/conversations/${group}/delete`, { name: "Garden" })],
  ];
  it.each(endings)("when %s", async (_what, end) => {
    const invite = await newInvite(ben, group);
    expect((await openLink(nobody, invite.token)).status).toBe(200);
    await end(invite);
    await expectClosed(invite.token);
  });

  it("when its maker is no owner of the group any more, and is again when they are", async () => {
    const dora = await newUser(server.url, "Dora");
    const role = (name: string) =>
      ben.put(`/api/v1/conversations/${group}/members/${dora.person.id}/role`, { role: name });
    await ben.post(`/api/v1/conversations/${group}/members`, { user_ids: [dora.person.id] });
    await role("owner");
    const { id, token } = await newInvite(dora, group);
    expect((await openLink(nobody, token)).status).toBe(200);
    await role("member");
    await expectClosed(token);
    const isOpen = async () =>
      (await ben.get(invitesPath(group))).body.invites.find((each: Invite) => each.id === id).is_open;
    expect(await isOpen()).toBe(false);
    await role("owner");
    expect((await openLink(nobody, token)).status).toBe(200);
    expect(await isOpen()).toBe(true);
    await ben.send("DELETE", `/api/v1/conversations/${group}/members/${dora.person.id}`);
    await expectClosed(token);
  });

  it("when its maker is an administrator no more, or their account works no more", async () => {
    const emil = await newUser(server.url, "Emil");
    const role = (name: string) => ada.put(`/api/v1/accounts/${emil.person.id}/role`, { role: name });
    expect((await role("admin")).status).toBe(200);
    const [toGroup, toAccount] = [await newInvite(emil, group), await newInvite(emil, null)];
    const both = async () =>
      Promise.all([toGroup, toAccount].map(async ({ token }) => (await openLink(nobody, token)).status));
    expect(await both()).toEqual([200, 200]);
    await role("user");
    expect(await both()).toEqual([404, 404]);
    await role("admin");
    expect(await both()).toEqual([200, 200]);
    await ada.post(`/api/v1/accounts/${emil.person.id}/deactivate`, {});
    expect(await both()).toEqual([404, 404]);
    await ada.post(`/api/v1/accounts/${emil.person.id}/reactivate`, {});
    expect(await both()).toEqual([200, 200]);
  });
});
