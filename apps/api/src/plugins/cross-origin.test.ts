import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { newUser, PASSWORD, TestClient } from "../../test/test-client.ts";
import { bearer, newTokens } from "../../test/test-program.ts";

const FRIEND = "https://app.example.org";
const SECOND = "http://localhost:5173";
const FOREIGN = [
  "https://mallory.example",
  "null",
  "https://app.example.org.mallory.example",
  "https://mallory.app.example.org",
  "http://app.example.org",
  "https://app.example.org:8443",
  "https://APP.example.org",
];
const CREDENTIALS = { username: "Ada", password: PASSWORD };

let server: TestServer;
let ada: TestClient;
let anybody: TestClient;

beforeAll(async () => {
  server = await startServer({ CORS_ORIGINS: `${FRIEND}, ${SECOND}` });
  ada = await newUser(server.url, "Ada");
  anybody = new TestClient(server.url);
});
afterAll(() => server.stop());

const preflight = (path: string, origin: string, method = "POST") =>
  anybody.send("OPTIONS", path, undefined, {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type",
  });

describe("OPTIONS /token", () => {
  it("answers 204 with the allowed methods, whoever asks", async () => {
    const answers = [await anybody.send("OPTIONS", "/token"), await ada.send("OPTIONS", "/token")];
    for (const origin of [FRIEND, SECOND, ...FOREIGN]) answers.push(await preflight("/token", origin));
    for (const { status, body, headers } of answers) {
      expect([status, body]).toEqual([204, ""]);
      expect(headers.get("access-control-allow-methods")).toBe("GET, POST, OPTIONS");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  it("names an origin of CORS_ORIGINS as allowed, with the headers that may come", async () => {
    for (const origin of [FRIEND, SECOND]) {
      const { headers } = await preflight("/token", origin);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-headers")).toBe("authorization, content-type");
      expect(headers.get("vary")).toMatch(/\borigin\b/i);
    }
  });

  it.each(FOREIGN)("allows no other origin: %s", async (origin) => {
    expect((await preflight("/token", origin)).headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("a preflight elsewhere", () => {
  it("is answered for every address an allowed page may call, also those that ask who one is", async () => {
    for (const [path, method] of [
      ["/api/v1/me", "GET"],
      ["/refresh", "POST"],
      ["/conversation/01890a5d-ac96-774b-bcce-b302099a8057/messages", "GET"],
      ["/api/v1/conversations/01890a5d-ac96-774b-bcce-b302099a8057/read-marker", "PUT"],
    ] as const) {
      const { status, headers } = await preflight(path, FRIEND, method);
      expect([status, headers.get("access-control-allow-origin")]).toEqual([204, FRIEND]);
      expect(headers.get("access-control-allow-methods")?.split(", ")).toContain(method);
    }
  });

  it("is not found when it is no preflight", async () => {
    for (const headers of [{}, { origin: FRIEND }, { "access-control-request-method": "GET" }] as Record<
      string,
      string
    >[]) {
      const answer = await anybody.send("OPTIONS", "/api/v1/me", undefined, headers);
      expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
    }
  });
});

describe("a page of another origin", () => {
  const CROSS = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" };

  it("of CORS_ORIGINS gets tokens and calls the API with them, and may read the answers", async () => {
    const headers = { ...CROSS, origin: FRIEND };
    const issued = await anybody.post("/token", CREDENTIALS, headers);
    const withToken = { ...headers, ...bearer(issued.body.access_token) };
    const refreshed = await anybody.post("/refresh", { refresh_token: issued.body.refresh_token }, headers);
    const answers = [
      issued,
      refreshed,
      await anybody.get("/check", withToken),
      await anybody.get("/api/v1/me", withToken),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("access-control-allow-origin")).toBe(FRIEND);
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  it("of CORS_ORIGINS may read, too, that a token is no good", async () => {
    const headers = { ...CROSS, origin: FRIEND, ...bearer("made-up") };
    for (const path of ["/check", "/api/v1/me", "/user/me/conversations"]) {
      const answer = await anybody.get(path, headers);
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([401, FRIEND]);
    }
  });

  it("of CORS_ORIGINS is refused with 403 when a cookie comes along", async () => {
    const { access_token } = await newTokens(server.url, "Ada");
    const headers = { ...CROSS, origin: FRIEND, cookie: ada.cookie ?? "" };
    for (const more of [{}, bearer(access_token)]) {
      const answer = await anybody.post("/token", CREDENTIALS, { ...headers, ...more });
      expect([answer.status, answer.body.code]).toEqual([403, "origin_refused"]);
    }
  });

  it.each(FOREIGN)("that is not named is refused with 403: %s", async (origin) => {
    for (const path of ["/token", "/refresh"]) {
      const answer = await anybody.post(path, CREDENTIALS, { ...CROSS, origin });
      expect([answer.status, answer.body.code]).toEqual([403, "origin_refused"]);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("without CORS_ORIGINS", () => {
  it("no other origin is allowed anything", async () => {
    const closed = await startServer();
    try {
      const client = new TestClient(closed.url);
      const asked = { origin: FRIEND, "access-control-request-method": "POST" };
      const answer = await client.send("OPTIONS", "/token", undefined, asked);
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([204, null]);
      expect((await client.post("/token", CREDENTIALS, { origin: FRIEND })).status).toBe(403);
    } finally {
      await closed.stop();
    }
  });
});
