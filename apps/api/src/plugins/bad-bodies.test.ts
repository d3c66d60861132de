import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BODIES, type BodyRoute, type Places } from "../../test/bodies.ts";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { type Answer, newAdministrator, newUser, TestClient } from "../../test/test-client.ts";
import { newGroup } from "../../test/test-conversation.ts";
import { POLICY } from "../core/policy.ts";

let server: TestServer;
/** The administrator's: every route is open to it. */
let cookie: string;
let places: Places;

beforeAll(async () => {
  server = await startServer();
  const ben = await newUser(server.url, "Ben");
  const carol = await newUser(server.url, "Carol");
  const ada = await newAdministrator(server, "Ada");
  cookie = ada.cookie ?? "";
  places = {
    general: (await ada.get("/api/v1/conversations")).body.conversations[0].id,
    group: await newGroup(ada, "Garden", [ben, carol]),
    left: await newGroup(ada, "Kitchen", [ben]),
    deleted: await newGroup(ada, "Attic", []),
    ben: ben.person.id,
    carol: carol.person.id,
  };
});
afterAll(() => server.stop());

function send(route: BodyRoute, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const client = new TestClient(server.url);
  const path = route.path.replace(/:(\w+)/g, (_, place: keyof Places) => places[place]);
  return client.send(route.method, path, body, { cookie, ...headers });
}

/** How much is stored, anywhere. */
async function rowCounts(): Promise<number[]> {
  const { db } = server;
  return Promise.all([
    db.user.count(),
    db.session.count(),
    db.conversation.count(),
    db.conversationMember.count(),
    db.message.count(),
    db.setting.count(),
    db.invite.count(),
    db.auditEvent.count(),
  ]);
}

/** Acts that need no more than their address. */
const WITHOUT_BODY = [
  "DELETE /api/v1/sessions/:id",
  "POST /api/v1/accounts/:id/deactivate",
  "POST /api/v1/accounts/:id/reactivate",
  "POST /api/v1/accounts/:id/expire",
  "POST /api/v1/accounts/:id/password-reset",
  "DELETE /api/v1/accounts/:id/sessions",
  "DELETE /api/v1/invites/:invite_id",
  "POST /api/v1/conversations/:id/archive",
  "POST /api/v1/conversations/:id/restore",
  "DELETE /api/v1/conversations/:id/members/:user_id",
  "DELETE /api/v1/conversations/:id/invites/:invite_id",
  // This one is obeyed where the others find nothing: it ends all sessions but the one that asks.
  "DELETE /api/v1/sessions?scope=others",
];

/** A refusal as every client can rely on it: a problem with a code, and a sentence. */
function expectProblem(answer: Answer, status: number, codes: string[], what: string): void {
  expect([answer.status, what]).toEqual([status, what]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  expect(codes).toContain(answer.body.code);
  expect(answer.body.status).toBe(status);
  expect(answer.body.message).toMatch(/^[\p{L}_].*\.$/su);
}

/** Sends every body of a list, and expects that nothing of them is stored and the process lives. */
async function expectAllRefused<Case>(cases: Case[], refusal: (one: Case) => Promise<void>): Promise<void> {
  const before = await rowCounts();
  for (const one of cases) await refusal(one);
  expect(await rowCounts()).toEqual(before);
  expect((await new TestClient(server.url).get("/healthz")).status).toBe(200);
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

/** Bodies that are no JSON, or no text. */
const MALFORMED: [string, string | Uint8Array][] = [
  ["an empty body", ""],
  ["blanks only", " \n\t "],
  ["a byte order mark only", bytes([0xef, 0xbb, 0xbf])],
  ["half an object", `{"username":`],
  ["a trailing comma", `{"username":"Ada",}`],
  ["single quotes", `{'username':'Ada'}`],
  ["names without quotes", `{username:"Ada"}`],
  ["something after the end", `{"username":"Ada"} true`],
  ["two values", `{}{}`],
  ["NaN", `{"seq":NaN}`],
  ["undefined", "undefined"],
  ["a comment", `{/* */}`],
  ["a raw line break in text", `{"username":"A\nda"}`],
  ["a raw U+0000", `{"username":"A\u0000da"}`],
  ["half an escape", `{"username":"\\ud8`],
  ["a deep pit", "[".repeat(40_000)],
  ["a form", "username=Ada&password=secret"],
  ["a byte that is never UTF-8", bytes(`{"username":"A`, [0xff], `da"}`)],
  ["an overlong slash", bytes(`{"username":"A`, [0xc0, 0xaf], `da"}`)],
  ["an overlong U+0000", bytes(`{"username":"A`, [0xc0, 0x80], `da"}`)],
  ["a surrogate in UTF-8", bytes(`{"username":"A`, [0xed, 0xa0, 0x80], `da"}`)],
  ["a character past the last", bytes(`{"username":"A`, [0xf5, 0x80, 0x80, 0x80], `da"}`)],
  ["a character cut short", bytes(`{"username":"Ada`, [0xe7, 0x8e])],
  ["UTF-16", Buffer.from(`{"username":"Ada"}`, "utf16le")],
  ["Latin 1", Buffer.from(`{"username":"Zoë"}`, "latin1")],
];

const NOT_AN_OBJECT = [null, true, 1, "text", [], [{}], [[]]];

/** Values that no field takes. A list of ids takes text in no form; a list is what no text field takes. */
const WRONG: [string, unknown][] = [
  ["null", null],
  ["a truth", true],
  ["an object", {}],
  ["an object that looks like text", { length: 1, toString: "x" }],
  ["a list in a list", [["x"]]],
  ["a list of null", [null]],
  ["U+0000", "a\u0000b"],
  ["half of a surrogate pair", "a\ud800b"],
  ["the other half", "\udfff"],
  ["nothing", ""],
  ["17,000 characters", "x".repeat(17_000)],
  ["17,000 characters of four bytes", "𝒜".repeat(17_000)],
  ["a fraction", 1.5],
  ["a negative number", -1],
  ["a number past every integer", 1e300],
  ["a number past 32 bits", 4_294_967_296],
];

const UNKNOWN_FIELDS: [string, unknown][] = [
  ["role", "admin"],
  ["is_admin", true],
  ["owner_id", "00000000-0000-7000-8000-000000000000"],
  ["created_at", "2026-01-01T00:00:00Z"],
  ["sender_id", "00000000-0000-7000-8000-000000000000"],
  ["constructor", {}],
  ["prototype", {}],
  ["toString", 1],
  ["user name", "Ada"],
];

it("every route that changes something is asked here, but the one that signs out whoever says whatever", () => {
  const routes = Object.keys(POLICY).filter((name) => /^(POST|PUT|PATCH|DELETE) /.test(name));
  const asked = [...Object.keys(BODIES), ...WITHOUT_BODY].map((name) => name.replace(/ \(.*\)$|\?.*$/, ""));
  expect(routes.filter((name) => !asked.includes(name))).toEqual(["POST /logout"]);
});

describe.each(WITHOUT_BODY)("%s", (name) => {
  const [method = "", path = ""] = name.split(" ");
  /** About nobody and nothing: what is not refused for its body finds nothing to act on. */
  const sendTo = (body: unknown) =>
    new TestClient(server.url).send(
      method,
      path.replace(/:\w+/g, () => newId()),
      body,
      {
        cookie,
        "content-type": "application/json",
      },
    );

  it("needs no body, nor an empty one", async () => {
    for (const body of [undefined, "", {}]) {
      const answer = await sendTo(body);
      if (answer.status !== 204)
        expect([answer.status, answer.body.code]).toEqual([404, expect.stringMatching(/_not_found$/)]);
    }
  });

  it("refuses every field, naming it", () =>
    expectAllRefused([...UNKNOWN_FIELDS, ["id", newId()], ["scope", "all"]], async ([field, value]) => {
      const answer = await sendTo({ [field]: value });
      expectProblem(answer, 400, ["request_invalid"], field);
      expect(answer.body.errors).toEqual([{ field, message: "is not a known field" }]);
    }));

  it("refuses what is no object, no JSON, or would poison a prototype", () =>
    expectAllRefused(["[]", "[{}]", "true", "1", '"now"', "{", '{"__proto__":{"role":"admin"}}'], async (body) => {
      expectProblem(await sendTo(body), 400, ["request_invalid", "json_malformed"], body);
    }));
});

describe.each(Object.entries(BODIES))("%s", (_name, route) => {
  const good = () => route.good(places);

  it("obeys the good body, so that what is refused below is refused for its fault", async () => {
    const answer = await send(route, good());
    if (route.refusedWith) expect(answer.body.code).toBe(route.refusedWith);
    else expect([200, 201, 204]).toContain(answer.status);
  });

  it("refuses what is no JSON or no UTF-8", () =>
    expectAllRefused(MALFORMED, async ([what, body]) => {
      if (route.mayBeEmpty && body === "") return;
      const answer = await send(route, body, { "content-type": "application/json" });
      expectProblem(answer, 400, ["json_malformed", "text_malformed"], what);
    }));

  it("refuses what is no object, and says so", () =>
    expectAllRefused(NOT_AN_OBJECT, async (body) => {
      if (route.mayBeEmpty && body === null) return;
      const answer = await send(route, JSON.stringify(body));
      expectProblem(answer, 400, ["request_invalid"], JSON.stringify(body));
      expect(answer.body.message).toMatch(/^The body /);
    }));

  it("refuses a request without any body", () =>
    expectAllRefused(route.mayBeEmpty ? [] : [undefined], async () => {
      expectProblem(await send(route, undefined), 400, ["request_invalid"], "no body");
    }));

  it("refuses every field with every wrong value, naming the field", () => {
    const cases = Object.keys(good()).flatMap((field) => WRONG.map(([what, value]) => ({ field, what, value })));
    return expectAllRefused(cases, async ({ field, what, value }) => {
      if (route.takes?.[field]?.includes(what)) return;
      const answer = await send(route, { ...good(), [field]: value });
      expectProblem(answer, 400, ["request_invalid"], `${field}: ${what}`);
      expect(answer.body.errors[0].field.split("/")[0]).toBe(field);
      expect(answer.body.message).toContain(field);
    });
  });

  it("refuses every field that is missing, naming it", () =>
    expectAllRefused(Object.keys(good()), async (field) => {
      if (route.optional?.includes(field)) return;
      const { [field]: _left, ...rest } = good();
      const answer = await send(route, rest);
      expectProblem(answer, 400, ["request_invalid"], `${field} missing`);
      expect(answer.body.errors[0].field).toBe(field);
    }));

  it("refuses fields it does not know, naming them", () =>
    expectAllRefused(UNKNOWN_FIELDS, async ([field, value]) => {
      if (Object.keys(good()).includes(field)) return;
      const answer = await send(route, { ...good(), [field]: value });
      expectProblem(answer, 400, ["request_invalid"], field);
      expect(answer.body.errors).toEqual([{ field, message: "is not a known field" }]);
    }));

  it("refuses what would poison a prototype, at the top and below", () => {
    const poisons = [
      `"__proto__":{"role":"admin"}`,
      `"x":{"__proto__":{"role":"admin"}}`,
      `"\\u005f_proto__":null`,
      `"constructor":{"prototype":{"role":"admin"}}`,
    ];
    return expectAllRefused(poisons, async (poison) => {
      const answer = await send(route, JSON.stringify(good()).replace("{", `{${poison},`));
      expectProblem(answer, 400, ["request_invalid"], poison);
      expect(answer.body.message).toContain("__proto__");
      expect("role" in {}).toBe(false);
    });
  });

  it("refuses other kinds of body: 415", () => {
    const kinds = [
      "text/plain",
      "text/json",
      "application/jsonx",
      "application/xml",
      "multipart/form-data; boundary=x",
      "application/octet-stream",
      "application/json; charset=utf-16",
      "application/json; charset=latin1",
      "nonsense",
    ];
    return expectAllRefused(kinds, async (kind) => {
      const answer = await send(route, JSON.stringify(good()), { "content-type": kind });
      expectProblem(answer, 415, ["media_type_unsupported"], kind);
    });
  });

  it("refuses what is too large: 413", () =>
    expectAllRefused([100_000, 3_000_000], async (size) => {
      const body = JSON.stringify({ ...good(), padding: "x".repeat(size) });
      expectProblem(await send(route, body), 413, ["body_too_large"], String(size));
    }));
});
