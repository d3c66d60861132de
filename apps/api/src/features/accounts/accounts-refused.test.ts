import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, newAdministrator, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { asProgram } from "../../../test/test-program.ts";

// What must not change an account: whoever is no administrator, and whatever is not as it should be.

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;
/** The guest and the user who ask, and the administrators who are none any more. */
const askers: Record<string, TestClient> = {};

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newGuest(server.url, "Carol");
  askers["a guest"] = await newGuest(server.url, "A guest");
  askers["a user"] = await newUser(server.url, "A user");
  askers["a stranger"] = new TestClient(server.url);
  for (const [who, path, body] of [
    ["an administrator demoted a moment ago", "role", { role: "user" }],
    ["an administrator deactivated a moment ago", "deactivate", {}],
  ] as const) {
    const client = await newUser(server.url, who.slice(0, 40));
    await ada.put(`/api/v1/accounts/${client.person.id}/role`, { role: "admin" });
    askers[`${who}, as a program`] = await asProgram(client);
    await client.send(path === "role" ? "PUT" : "POST", `/api/v1/accounts/${client.person.id}/${path}`, body);
    askers[who] = client;
  }
});
afterAll(() => server.stop());

type Act = (by: TestClient, id: string) => Promise<Answer>;
const ACTS: Record<string, Act> = {
  "create an account": (by) =>
    by.post("/api/v1/accounts", { username: "Mallory", email: "mallory@example.org", role: "admin" }),
  "change a role": (by, id) => by.put(`/api/v1/accounts/${id}/role`, { role: "admin" }),
  deactivate: (by, id) => by.post(`/api/v1/accounts/${id}/deactivate`, {}),
  reactivate: (by, id) => by.post(`/api/v1/accounts/${id}/reactivate`, {}),
  expire: (by, id) => by.post(`/api/v1/accounts/${id}/expire`, {}),
  "make a password link": (by, id) => by.post(`/api/v1/accounts/${id}/password-reset`, {}),
  "end sessions": (by, id) => by.send("DELETE", `/api/v1/accounts/${id}/sessions`),
};

/** Everything that any of the acts changes. */
async function everything(): Promise<unknown> {
  const { db } = server;
  const sessions = { select: { id: true, user_id: true }, orderBy: { id: "asc" } } as const;
  return [
    await db.user.findMany({ orderBy: { id: "asc" } }),
    await db.session.findMany(sessions),
    await db.passwordReset.findMany(),
    await db.auditEvent.count(),
    await db.conversationMember.count(),
  ];
}

async function expectNothingChanged(ask: () => Promise<void>): Promise<void> {
  const before = await everything();
  await ask();
  expect(await everything()).toEqual(before);
}

describe.each([
  ["a guest", 403, "role_insufficient"],
  ["a user", 403, "role_insufficient"],
  ["a stranger", 401, "sign_in_required"],
  ["an administrator demoted a moment ago", 403, "role_insufficient"],
  ["an administrator demoted a moment ago, as a program", 403, "role_insufficient"],
  ["an administrator deactivated a moment ago", 401, "sign_in_required"],
  ["an administrator deactivated a moment ago, as a program", 401, "sign_in_required"],
] as const)("%s", (who, status, code) => {
  it.each(Object.entries(ACTS))("may not %s, whether the account is there or not", (_what, act) =>
    expectNothingChanged(async () => {
      const asker = askers[who] ?? new TestClient(server.url);
      for (const id of [ben.person.id, carol.person.id, asker.person.id || newId(), newId()]) {
        const answer = await act(asker, id);
        expect([answer.status, answer.body.code]).toEqual([status, code]);
      }
    }),
  );
});

describe("an id", () => {
  const { "create an account": _, ...onSomebody } = ACTS;

  it.each(Object.entries(onSomebody))("of nobody is 404 to %s, one that is none is 400", (_what, act) =>
    expectNothingChanged(async () => {
      const absent = await act(ada, newId());
      expect([absent.status, absent.body.code]).toEqual([404, "user_not_found"]);
      for (const id of [
        "1",
        "null",
        "%00",
        ben.person.id.toUpperCase(),
        `${ben.person.id}0`,
        "__proto__",
        "%F0%9F%98%80",
      ]) {
        const answer = await act(ada, id);
        expect([answer.status, answer.body.code, id]).toEqual([400, answer.body.code, id]);
        expect(["request_invalid", "text_malformed"]).toContain(answer.body.code);
        if (answer.body.code === "request_invalid") expect(answer.body.errors[0].field).toBe("id");
      }
    }),
  );
});

/** For any field of text. */
const NO_TEXT: [string, unknown][] = [
  ["missing", undefined],
  ["null", null],
  ["a number", 1],
  ["a truth", true],
  ["a list", ["admin"]],
  ["an object", { admin: true }],
  ["empty", ""],
  ["too long", "x".repeat(300)],
  ["with U+0000", "admin\u0000"],
  ["half a surrogate pair", "\ud800"],
];

const FOREIGN_FIELDS = ["id", "owner_id", "created_at", "deactivated_at", "password_hash", "expires_at", "nonsense"];

const BODIES: { path: () => string; method: string; good: Record<string, unknown> }[] = [
  {
    method: "POST",
    path: () => "/api/v1/accounts",
    good: { username: "Dora", email: "dora@example.org", role: "user" },
  },
  { method: "PUT", path: () => `/api/v1/accounts/${ben.person.id}/role`, good: { role: "admin" } },
  { method: "POST", path: () => "/api/v1/reset-password", good: { token: "nonsense", password: PASSWORD } },
];

describe.each(BODIES)("the body of $method $path", ({ method, path, good }) => {
  it.each(Object.keys(good).flatMap((field) => NO_TEXT.map(([what, value]) => ({ field, what, value }))))(
    "is refused when $field is $what",
    ({ field, value }) =>
      expectNothingChanged(async () => {
        const { status, body } = await ada.send(method, path(), { ...good, [field]: value });
        expect([status, body.code]).toEqual([400, "request_invalid"]);
        expect(body.errors.map((problem: { field: string }) => problem.field)).toContain(field);
      }),
  );

  it.each([...FOREIGN_FIELDS, ...("role" in good ? [] : ["role"])])("is refused with the unknown field %s", (field) =>
    expectNothingChanged(async () => {
      const { status, body } = await ada.send(method, path(), { ...good, [field]: "admin" });
      expect([status, body.errors]).toEqual([400, [{ field, message: "is not a known field" }]]);
    }),
  );

  it("is refused with what would poison a prototype, as a list, and when there is none", () =>
    expectNothingChanged(async () => {
      const poisoned = JSON.stringify(good).replace("{", '{"__proto__":{"role":"admin"},');
      for (const body of [poisoned, "[]", "null", '"admin"', "1", ""]) {
        const answer = await ada.send(method, path(), body);
        expect([answer.status, body]).toEqual([400, body]);
      }
    }));
});

describe("a role", () => {
  it.each(["guest", "owner", "Admin", " admin", "administrator", "__proto__"])("of %s is none to be given", (role) =>
    expectNothingChanged(async () => {
      const answers = [
        await ada.put(`/api/v1/accounts/${ben.person.id}/role`, { role }),
        await ada.post("/api/v1/accounts", { username: "Dora", email: "dora@example.org", role }),
      ];
      for (const { status, body } of answers) expect([status, body.errors[0].field]).toEqual([400, "role"]);
    }),
  );
});

describe("an act that is told nothing but whose account it is", () => {
  const ACTS_WITHOUT_BODY = ["deactivate", "reactivate", "expire", "password-reset"];

  it.each(ACTS_WITHOUT_BODY)("(%s) is refused when it is told more", (act) =>
    expectNothingChanged(async () => {
      for (const field of [...FOREIGN_FIELDS, "role"]) {
        const answer = await ada.post(`/api/v1/accounts/${ben.person.id}/${act}`, { [field]: "admin" });
        expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message: "is not a known field" }]]);
      }
      for (const body of ["[]", '"now"', "1", "true"])
        expect((await ada.post(`/api/v1/accounts/${ben.person.id}/${act}`, body)).status).toBe(400);
    }),
  );

  it("needs no body at all", async () => {
    for (const body of [undefined, "", {}]) {
      const made = await ada.send("POST", `/api/v1/accounts/${ben.person.id}/password-reset`, body);
      expect(made.status).toBe(201);
    }
  });
});
