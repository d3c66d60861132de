import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { writeWorkspaceSettings } from "../../core/workspace-settings.ts";

let server: TestServer;
let administrator: TestClient;
let ada: TestClient;
let ben: TestClient;
let guest: TestClient;
let mallory: TestClient;

beforeAll(async () => {
  server = await startServer();
  administrator = await newAdministrator(server, "Grace");
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  guest = await newGuest(server.url, "Carol");
  mallory = await newUser(server.url, "Mallory");
});
afterAll(() => server.stop());

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const NOTHING = {
  ...{ send: false, manage: false, change_members: false, archive: false },
  ...{ transfer: false, delete: false, leave: false, list_visits: false },
};
const countGroups = () => server.db.conversation.count({ where: { kind: "group" } });

async function membersOf(id: string) {
  const rows = await server.db.conversationMember.findMany({ where: { conversation_id: id } });
  return new Map(rows.map((row) => [row.user_id, row.role]));
}

/** The message left for the next page. */
function flashOf(answer: { headers: Headers }): { kind: string; message: string; values?: Record<string, string> } {
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith("confab_flash=")) ?? "";
  const value = /^confab_flash=([^;]*)/.exec(cookie)?.[1] ?? "";
  return JSON.parse(Buffer.from(value, "base64url").toString());
}

describe("POST /api/v1/conversations with kind group", () => {
  const create = (client: TestClient, change: object) =>
    client.post("/api/v1/conversations", { kind: "group", name: "Garden", member_ids: [], ...change });

  it("makes a group with the chosen members and its creator as owner, and tells each of them with their own view", async () => {
    const sockets = [await administrator.connect(), await ada.connect(), await guest.connect()];
    const outsider = await mallory.connect();
    const member_ids = [ada.person.id, guest.person.id, ada.person.id, administrator.person.id];
    const { status, body } = await create(administrator, {
      name: "  The   garden ",
      description: "What grows.",
      member_ids,
    });
    expect(status).toBe(201);
    expect(body.conversation).toMatchObject({
      kind: "group",
      name: "The garden",
      description: "What grows.",
      owner_id: administrator.person.id,
      role: "owner",
      member_count: 3,
      revision: 1,
      member_version: 1,
      other: null,
      unread: 0,
      archived_at: null,
      joined_by_everyone: false,
      can: Object.fromEntries(Object.keys(NOTHING).map((right) => [right, true])),
    });
    const roles = [
      [administrator.person.id, "owner"],
      [ada.person.id, "member"],
      [guest.person.id, "member"],
    ] as const;
    expect(await membersOf(body.conversation.id)).toEqual(new Map(roles));
    for (const [index, socket] of sockets.entries()) {
      const { conversation } = await socket.next("conversation.joined");
      const { can } = body.conversation;
      const asMember = { role: "member", can: { ...NOTHING, send: true, leave: true } };
      expect(conversation).toEqual({ ...body.conversation, ...(index === 0 ? { role: "owner", can } : asMember) });
    }
    await outsider.settled();
    expect(outsider.all("conversation.joined")).toEqual([]);
  });

  it("is for administrators, and for users where the workspace says so, never for guests", async () => {
    const before = await countGroups();
    expect(await create(ada, {})).toMatchObject({ status: 403, body: { code: "group_creation_restricted" } });
    const guestsAreRefused = async () =>
      expect(await create(guest, {})).toMatchObject({ status: 403, body: { code: "role_insufficient" } });
    await guestsAreRefused();
    expect(await countGroups()).toBe(before);
    await writeWorkspaceSettings(server.db, { group_creation: "users" });
    try {
      expect(await create(ada, { member_ids: [ben.person.id] })).toMatchObject({
        status: 201,
        body: { conversation: { owner_id: ada.person.id, role: "owner", member_count: 2 } },
      });
      await guestsAreRefused();
      expect(await countGroups()).toBe(before + 1);
    } finally {
      await writeWorkspaceSettings(server.db, { group_creation: "admins" });
    }
    expect((await create(ada, {})).status).toBe(403);
  });

  it("refuses members who do not exist or whose account does not work, and makes nothing", async () => {
    const gone = await newUser(server.url, "Dan");
    await server.db.user.update({ where: { id: gone.person.id }, data: { deactivated_at: new Date() } });
    const before = await countGroups();
    for (const id of [newId(), gone.person.id])
      expect(await create(administrator, { member_ids: [ada.person.id, id] })).toMatchObject({
        status: 400,
        body: { code: "request_invalid", errors: [{ field: "member_ids" }] },
      });
    expect(await countGroups()).toBe(before);
  });

  it.each([
    [{ name: "" }, "name"],
    [{ name: "  \t " }, "name"],
    [{ name: "x".repeat(81) }, "name"],
    [{ name: "a\u0000b" }, "name"],
    [{ description: "x".repeat(501) }, "description"],
    [{ member_ids: ["ada"] }, "member_ids/0"],
    [{ member_ids: "ada" }, "member_ids"],
    [{ owner_id: newId() }, "owner_id"],
  ])("refuses %j, naming the field", async (change, field) => {
    const before = await countGroups();
    const answer = await create(administrator, change);
    expect(answer).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field }] } });
    expect(await countGroups()).toBe(before);
  });
});

describe("POST /groups/create", () => {
  it("answers JSON with 201 and the group", async () => {
    const answer = await administrator.post("/groups/create", {
      name: "Kitchen",
      members: [ada.person.id, ben.person.id],
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { conversation: { name: "Kitchen", member_count: 3, role: "owner" } },
    });
  });

  it("answers JSON with 403 for anyone else, 401 signed out, 400 for bad fields", async () => {
    const before = await countGroups();
    expect((await ada.post("/groups/create", { name: "Mine" })).status).toBe(403);
    expect((await fetch(`${server.url}/groups/create`, { method: "POST" })).status).toBe(401);
    const bad = await administrator.post("/groups/create", { name: "", members: [] });
    expect(bad).toMatchObject({ status: 400, body: { code: "request_invalid", errors: [{ field: "name" }] } });
    const unknown = await administrator.post("/groups/create", { name: "Ghosts", members: [newId()] });
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ field: "members" }] } });
    expect(await countGroups()).toBe(before);
  });

  const forms: [string, (form: URLSearchParams) => void, () => string[]][] = [
    ["no member", () => undefined, () => []],
    ["one member", (form) => form.append("members", ada.person.id), () => [ada.person.id]],
    [
      "several members",
      (form) => {
        for (const client of [ada, ben, guest]) form.append("members", client.person.id);
      },
      () => [ada, ben, guest].map((client) => client.person.id),
    ],
  ];
  it.each(forms)(
    "takes a form with %s and redirects to the groups with a word of success",
    async (_, fill, expected) => {
      const form = new URLSearchParams({ name: "Büro & Söhne", description: "" });
      fill(form);
      const answer = await administrator.post("/groups/create", form.toString(), FORM);
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toBe("/groups");
      expect(flashOf(answer)).toMatchObject({ kind: "success", message: expect.stringContaining("Büro & Söhne") });
      const made = await server.db.conversation.findFirstOrThrow({
        where: { name: "Büro & Söhne" },
        orderBy: { id: "desc" },
      });
      expect(made.description).toBeNull();
      expect(new Set((await membersOf(made.id)).keys())).toEqual(new Set([administrator.person.id, ...expected()]));
    },
  );

  it("sends a bad form back with what was typed and what is wrong", async () => {
    const before = await countGroups();
    const form = new URLSearchParams({ name: "x".repeat(81), description: "kept" });
    const answer = await administrator.post("/groups/create", form.toString(), FORM);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/groups/create");
    expect(flashOf(answer)).toMatchObject({
      kind: "error",
      message: expect.stringMatching(/name/),
      values: { name: "x".repeat(81), description: "kept" },
    });
    expect(await countGroups()).toBe(before);
  });
});
