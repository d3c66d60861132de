import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newGuest, newUser, PASSWORD, type TestClient } from "../../../test/test-client.ts";

let server: TestServer;
let ada: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  carol = await newGuest(server.url, "Carol");
});
afterAll(() => server.stop());

/** Bodies that would be obeyed; every one below is one of them with something wrong. */
const ACTS = [
  ["PATCH /api/v1/me", () => ada, { username: "Ada Lovelace", language: "de" }],
  ["PUT /api/v1/me/email", () => ada, { email: "lovelace@example.org", password: PASSWORD }],
  ["PUT /api/v1/me/password", () => ada, { password: PASSWORD, new_password: "another long password" }],
  ["POST /api/v1/me/claim", () => carol, { email: "carol@example.org", password: PASSWORD }],
  ["POST /api/v1/me/delete", () => ada, { username: "Ada", password: PASSWORD }],
] as const;

const WRONG: unknown[] = [
  null,
  true,
  1,
  {},
  { toString: "x" },
  [],
  ["Ada"],
  "",
  "a\u0000b",
  "a\ud800b",
  "x".repeat(300),
  "𝒜".repeat(300),
];
const UNKNOWN = ["role", "id", "user_id", "created_at", "expires_at", "deactivated_at", "password_hash", "owner_id"];

/** What fields of their own refuse besides. */
const REFUSED: Record<string, unknown[]> = {
  username: ["@ada", "a\u200bb", "\u202eada", " ", "x".repeat(41)],
  language: ["EN", "xx", "en-GB", "constructor", "__proto__"],
  email: ["ada", "ada@", "@example.org", "a b@example.org", `${"x".repeat(250)}@example.org`],
  new_password: ["short", "x".repeat(257)],
};

describe.each(ACTS)("%s", (address, who, good) => {
  const [method = "", path = ""] = address.split(" ");

  /** Everything the act could change. */
  const state = async () =>
    Promise.all([
      server.db.user.findMany({ orderBy: { id: "asc" } }),
      server.db.session.count(),
      server.db.auditEvent.count(),
      server.db.conversationMember.count(),
    ]);

  async function expectRefused(body: unknown, field: string): Promise<void> {
    const answer = await who().send(method, path, typeof body === "string" ? body : JSON.stringify(body));
    expect([answer.status, answer.body.code, JSON.stringify(body)]).toEqual([
      400,
      "request_invalid",
      JSON.stringify(body),
    ]);
    expect(answer.body.errors[0].field).toBe(field);
    expect(answer.body.message).toContain(field);
  }

  it.each(Object.keys(good))("refuses every wrong %s, naming it, and changes nothing", async (field) => {
    const before = await state();
    for (const value of [...WRONG, ...(REFUSED[field] ?? [])]) {
      await expectRefused({ ...good, [field]: value }, field);
    }
    expect(await state()).toEqual(before);
  });

  it("refuses every field it does not know, naming it, and changes nothing", async () => {
    const before = await state();
    for (const field of UNKNOWN) await expectRefused({ ...good, [field]: "admin" }, field);
    const answer = await who().send(method, path, `{"__proto__":{"role":"admin"},${JSON.stringify(good).slice(1)}`);
    expect([answer.status, answer.body.code]).toEqual([400, "request_invalid"]);
    expect(answer.body.message).toContain("__proto__");
    expect(await state()).toEqual(before);
  });

  it("refuses what is no object, and what is not there", async () => {
    const before = await state();
    for (const body of ["null", "[]", "1", `"Ada"`, "{}"]) {
      const answer = await who().send(method, path, body);
      expect([answer.status, answer.body.code, body]).toEqual([400, "request_invalid", body]);
    }
    if (method !== "PATCH")
      for (const field of Object.keys(good)) await expectRefused({ ...good, [field]: undefined }, field);
    expect(await state()).toEqual(before);
  });
});
