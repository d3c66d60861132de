import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

const headersOf = (client: TestClient) => ({ cookie: client.cookie ?? "", origin: server.url });

describe("GET /ws", () => {
  it("is refused with 401 without a session, or with one that is made up", async () => {
    expect(await TestSocket.refusal(server.url, { origin: server.url })).toBe(401);
    expect(await TestSocket.refusal(server.url, { origin: server.url, cookie: "confab_session=made-up" })).toBe(401);
  });

  it("is refused with 401 when the session is over, the guest's time is up or the account is switched off", async () => {
    const carol = await newGuest(server.url, "Carol");
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: new Date(Date.now() - 1_000) } });
    expect(await TestSocket.refusal(server.url, headersOf(carol))).toBe(401);
    const ben = await newUser(server.url, "Ben");
    await server.db.session.updateMany({
      where: { user_id: ben.person.id },
      data: { expires_at: new Date(Date.now() - 1_000) },
    });
    expect(await TestSocket.refusal(server.url, headersOf(ben))).toBe(401);
    const dan = await newUser(server.url, "Dan");
    await server.db.user.update({ where: { id: dan.person.id }, data: { deactivated_at: new Date() } });
    expect(await TestSocket.refusal(server.url, headersOf(dan))).toBe(401);
  });

  const { host, port } = { host: "127.0.0.1", port: "PORT" };
  it.each([
    ["none", null],
    ["null", "null"],
    ["another site", "https://mallory.example"],
    ["our name as a prefix", `http://${host}.mallory.example:${port}`],
    ["our name as a suffix", `http://mallory.${host}:${port}`],
    ["our name behind an @", `http://${host}:${port}@mallory.example`],
    ["another port", `http://${host}:1`],
    ["no port", `http://${host}`],
    ["another name of this machine", `http://localhost:${port}`],
    ["another scheme", `ftp://${host}:${port}`],
    ["a path behind it", `http://${host}:${port}/`],
    ["two", `http://${host}:${port} http://mallory.example`],
    ["upper case", `HTTP://${host}:${port}`],
    ["empty", ""],
  ])("is refused with 403 from a page of another origin: %s", async (_, origin) => {
    const value = origin?.replace("PORT", new URL(server.url).port);
    const headers = { cookie: ada.cookie ?? "", ...(value === undefined ? {} : { origin: value }) };
    expect(await TestSocket.refusal(server.url, headers)).toBe(403);
  });

  it("accepts the one configured origin only, when there is one", async () => {
    const behind = await startServer({ PUBLIC_URL: "http://chat.example.org" });
    const ben = await newUser(behind.url, "Ben");
    const socket = await TestSocket.open(behind.url, ben.cookie, "http://chat.example.org");
    expect(socket.events[0]?.type).toBe("ready");
    for (const origin of [behind.url, "https://chat.example.org", "http://chat.example.org.mallory.example"])
      expect(await TestSocket.refusal(behind.url, { cookie: ben.cookie ?? "", origin })).toBe(403);
    await behind.stop();
  });

  it("answers a request that is no upgrade with a problem, not a fault", async () => {
    const answer = await ada.get("/ws");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});
