import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendRaw } from "../../test/raw-http.ts";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { type Answer, newAdministrator, TestClient } from "../../test/test-client.ts";
import { POLICY } from "../core/policy.ts";

let server: TestServer;
let ada: TestClient;
let general: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  general = (await ada.get("/api/v1/conversations")).body.conversations[0].id;
});
afterAll(() => server.stop());

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

function expectProblem(answer: Answer, statuses: number[], what: string): void {
  expect(statuses.includes(answer.status), `${what}: ${answer.status}`).toBe(true);
  expect(answer.headers.get("content-type"), what).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    status: answer.status,
    code: expect.any(String),
    message: expect.stringMatching(/\.$/),
  });
}

/** The JSON routes below one conversation. */
const BELOW: ["GET" | "POST" | "PUT", string, unknown?][] = [
  ["GET", ""],
  ["GET", "/members"],
  ["GET", "/messages"],
  ["GET", "/changes?after_revision=0"],
  ["POST", "/messages", { id: UNKNOWN, content: "Hello" }],
  ["PUT", "/read-marker", { seq: 0 }],
];

describe.each(BELOW)("%s /api/v1/conversations/:id%s", (method, rest, body) => {
  it.each([
    ["an id in upper case", () => general.toUpperCase()],
    ["an id with braces", () => `{${general}}`],
    ["a number", () => "1"],
    ["a word", () => "undefined"],
    ["U+0000", () => `${general}%00`],
    ["an encoded slash", () => `${general}%2f..`],
    ["a quote", () => `${general}'--`],
    ["a star", () => "*"],
    ["another alphabet", () => "%D0%B0"],
  ])("refuses %s in its place: 400 naming the id", async (_what, id) => {
    const answer = await ada.send(method, `/api/v1/conversations/${id()}${rest}`, body);
    expectProblem(answer, [400], rest);
    expect(answer.body).toMatchObject({ code: "request_invalid", errors: [{ field: "id" }] });
  });

  it("refuses broken percent-encoding and endless ids", async () => {
    for (const id of ["%", "%E0%A4%A", "%FF", "%C0%AF", "x".repeat(101), "x".repeat(5_000)]) {
      const answer = await ada.send(method, `/api/v1/conversations/${id}${rest}`, body);
      expectProblem(answer, [400, 404, 414], id);
    }
  });

  it("answers 404 for a conversation that is not there", async () => {
    const answer = await ada.send(method, `/api/v1/conversations/${UNKNOWN}${rest}`, body);
    expectProblem(answer, [404], rest);
    expect(answer.body.code).toBe("conversation_not_found");
  });
});

describe("a query", () => {
  const UNREADABLE = ["%", "%E0%A4%A", "%FF", "%C0%80", "%ED%A0%80"];
  const CASES: [string, string][] = [
    ["messages", "before=1&before=2"],
    ["messages", "before=-1"],
    ["messages", "before=1.5"],
    ["messages", "before=2147483648"],
    ["messages", "before=99999999999999999999"],
    ["messages", "before=NaN"],
    ["messages", "before=Infinity"],
    ["messages", "before=one"],
    ["messages", "before=1&after=1"],
    ["messages", "limit=0"],
    ["messages", "limit=201"],
    ["messages", "limit[]=1"],
    ["messages", "cursor=1"],
    ["messages", "__proto__=1"],
    ["messages", "constructor=1"],
    ["changes", ""],
    ["changes", "after_revision=-1"],
    ["changes", "after_revision=0&limit=501"],
    ["changes", "after_revision=0&after_revision=1"],
    ["members", "after=%00"],
    ["members", `after=${"x".repeat(81)}`],
    ["members", "limit=201"],
    ["members", "role=owner"],
  ];

  it.each(CASES)("of %s is refused when it is ?%s", async (noun, query) => {
    const answer = await ada.get(`/api/v1/conversations/${general}/${noun}?${query}`);
    expectProblem(answer, [400], query);
    expect(answer.body.errors[0].field).not.toBe("");
    expect(answer.body.message).toContain(answer.body.errors[0].field);
  });

  async function refused(path: string): Promise<Answer> {
    const answer = await ada.get(path);
    expectProblem(answer, [400], path);
    return answer;
  }

  it.each(UNREADABLE)("that is no text (%s) is refused, wherever it comes", async (value) => {
    const paths = [`/api/v1/users?query=${value}`, `/api/v1/accounts?after=${value}`, `/api/v1/users?${value}=1`];
    for (const path of [...paths, `/api/v1/conversations/${general}/members?after=${value}`])
      expect((await refused(path)).body.code).toBe("text_malformed");
    // A page has no use for its query, and people arrive with whatever was linked.
    expect((await ada.get(`/conversations?q=${value}`, { accept: "text/html" })).status).toBe(200);
  });

  it("of the conversations is refused when the scope is unknown, empty or twice", async () => {
    for (const query of ["scope=some", "scope=", "scope=all&scope=mine", "kind=group"])
      expectProblem(await ada.get(`/api/v1/conversations?${query}`), [400], query);
  });
});

describe("a method that an address does not have", () => {
  const routes = Object.keys(POLICY).filter((route) => !route.startsWith("WS ") && !route.includes("*"));
  const addresses = [...new Set(routes.map((route) => route.split(" ")[1] ?? ""))];

  /** "/invites/open" is also what an invite with such an id would be called by. */
  function leadsTo(route: string, address: string): boolean {
    const pattern = (route.split(" ")[1] ?? "").replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+");
    return new RegExp(`^${pattern}$`).test(address);
  }

  it.each(addresses)("is a problem at %s", async (address) => {
    const known = new Set(routes.filter((route) => leadsTo(route, address)).map((route) => route.split(" ")[0]));
    const path = address.replace(":id", general);
    for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      if (known.has(method)) continue;
      const withBody = ["POST", "PUT", "PATCH"].includes(method) ? {} : undefined;
      expectProblem(await ada.send(method, path, withBody), [404, 405], `${method} ${path}`);
    }
    const trace = await sendRaw(server.url, `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([trace.status, trace.contentType]).toEqual([404, "application/problem+json; charset=utf-8"]);
    expect(trace.body).not.toContain("TRACE");
  });

  it("HEAD follows GET, without a body", async () => {
    const head = await ada.send("HEAD", "/api/v1/me");
    expect([head.status, head.body]).toEqual([200, ""]);
    expect((await new TestClient(server.url).send("HEAD", "/api/v1/me")).status).toBe(401);
    expect((await ada.send("HEAD", "/api/v1/setup")).status).toBe(404);
  });
});

describe("bytes that are hardly HTTP", () => {
  const CLOSE = "Host: x\r\nConnection: close\r\n";
  const RAW: [string, string | Buffer][] = [
    ["an address of 20,000 characters", `GET /${"x".repeat(20_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    ["a query of 20,000 characters", `GET /api/v1/users?query=${"x".repeat(20_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    [
      "a cookie of 20,000 characters",
      `GET /api/v1/me HTTP/1.1\r\n${CLOSE}Cookie: confab_session=${"x".repeat(20_000)}\r\n\r\n`,
    ],
    [
      "headers without end",
      `GET / HTTP/1.1\r\n${CLOSE}${Array.from({ length: 3_000 }, (_, n) => `X-${n}: y\r\n`).join("")}\r\n`,
    ],
    ["no HTTP", "hello\r\n\r\n"],
    ["an unknown method", `BREW /coffee HTTP/1.1\r\n${CLOSE}\r\n`],
    ["an unknown version", `GET / HTTP/9.9\r\n${CLOSE}\r\n`],
    ["a header without a colon", `GET / HTTP/1.1\r\n${CLOSE}nonsense\r\n\r\n`],
    ["U+0000 in a header", `GET / HTTP/1.1\r\n${CLOSE}X: a\u0000b\r\n\r\n`],
    ["U+0000 in the address", `GET /a\u0000b HTTP/1.1\r\n${CLOSE}\r\n`],
    ["raw bytes in the address", Buffer.from(`GET /\xff\xfe HTTP/1.1\r\n${CLOSE}\r\n`, "latin1")],
    ["a negative length", `POST /login HTTP/1.1\r\n${CLOSE}Content-Length: -1\r\n\r\n`],
    ["two lengths", `POST /login HTTP/1.1\r\n${CLOSE}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
    [
      "length and chunks",
      `POST /login HTTP/1.1\r\n${CLOSE}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      "a broken chunk",
      `POST /login HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ],
    [
      "a huge body in chunks",
      `POST /login HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n${"x".repeat(0x20000)}\r\n0\r\n\r\n`,
    ],
    ["a star", `OPTIONS * HTTP/1.1\r\n${CLOSE}\r\n`],
  ];

  it.each(RAW)("%s: a problem, and the process lives", async (_what, request) => {
    const answer = await sendRaw(server.url, request);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.contentType).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: answer.status,
      code: expect.any(String),
      message: expect.stringMatching(/\.$/),
    });
    expect((await new TestClient(server.url).get("/healthz")).status).toBe(200);
  });

  it("an upgrade to something else than a socket is answered as the plain request it is", async () => {
    const offer = "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    const answer = await sendRaw(server.url, `GET /healthz HTTP/1.1\r\nHost: x\r\n${offer}\r\n`);
    expect([answer.status, answer.body]).toEqual([200, `{"status":"ok"}`]);
  });
});
