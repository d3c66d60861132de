import { afterAll, beforeAll, expect, it } from "vitest";
import { DatabaseWire } from "../../../test/database-wire.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { DOCUMENT, makeTinyWebApp } from "../../../test/tiny-web-app.ts";

const NAVIGATION = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

const wire = new DatabaseWire();
let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  web = await makeTinyWebApp();
  await wire.mend();
  // What is logged here is the point of the test, not a fault.
  server = await startServer({ LOG_LEVEL: "silent" }, { databasePort: wire.port, distDir: web.distDir });
  ada = await newUser(server.url, "Ada");
  await wire.cut();
});
afterAll(async () => {
  await wire.mend();
  await server.stop();
  await web.remove();
});

it.each(["/", "/conversations", "/login", "/account", "/chat/01890a5d-ac96-774b-bcce-b302099a8057"])(
  "%s is a page also while the database is away, with the status that says so",
  async (path) => {
    const answer = await ada.get(path, NAVIGATION);
    expect([answer.status, answer.body]).toEqual([503, DOCUMENT]);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  },
);

it("a program that asks for no page is told in its own language, wherever it asks", async () => {
  for (const [path, headers] of [
    ["/conversations", { accept: "application/json" }],
    ["/api/v1/me", NAVIGATION],
  ] as const)
    expect(await ada.get(path, headers)).toMatchObject({ status: 503, body: { code: "database_unavailable" } });
});

it("works again when the database is back", async () => {
  await wire.mend();
  await expect.poll(async () => (await ada.get("/conversations", NAVIGATION)).status, { timeout: 6_000 }).toBe(200);
});
