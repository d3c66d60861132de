import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newGuest, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { checkStatus, newTokens, refresh } from "../../../test/test-program.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

const endSessionsOf = (id: string) => ada.send("DELETE", `/api/v1/accounts/${id}/sessions`);
const notedOf = (id: string) => server.db.auditEvent.findMany({ where: { user_id: id } });

describe("DELETE /api/v1/accounts/:id/sessions", () => {
  it("signs the person out of every browser and program, closes the sockets within a second, and nobody else", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const carol = await newUser(server.url, freshName("Carol"));
    const elsewhere = new TestClient(server.url);
    await elsewhere.post("/login", { username: ben.person.username, password: PASSWORD });
    const tokens = await newTokens(server.url, ben.person.username);
    const sockets = [await ben.connect(), await elsewhere.connect()];
    const other = await carol.connect();

    const { status, body } = await endSessionsOf(ben.person.id);
    const doneAt = performance.now();
    expect(await Promise.all(sockets.map((socket) => socket.closed()))).toEqual([4401, 4401]);
    expect(performance.now() - doneAt).toBeLessThan(1_000);
    expect([status, body]).toEqual([204, ""]);
    for (const client of [ben, elsewhere]) expect((await client.get("/api/v1/me")).status).toBe(401);
    expect(await checkStatus(server.url, tokens.access_token)).toBe(401);
    expect((await refresh(server.url, tokens.refresh_token)).status).toBe(401);
    await other.settled();
    expect(other.closeCode).toBeNull();
    other.close();

    expect((await ben.post("/login", { username: ben.person.username, password: PASSWORD })).status).toBe(200);
  });

  it("is noted with how many there were; where there was none, nothing is", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    await newTokens(server.url, ben.person.username);
    for (const _ of [1, 2]) expect((await endSessionsOf(ben.person.id)).status).toBe(204);
    expect(await notedOf(ben.person.id)).toMatchObject([
      {
        action: "session.ended",
        actor_id: ada.person.id,
        address: "127.0.0.1",
        details: { name: ben.person.username, count: 2 },
      },
    ]);
  });

  it("is for guests, who cannot come back, and for oneself", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    expect((await endSessionsOf(carol.person.id)).status).toBe(204);
    expect((await carol.get("/api/v1/me")).status).toBe(401);
    expect((await endSessionsOf(ada.person.id)).status).toBe(204);
    expect((await ada.get("/api/v1/me")).status).toBe(401);
    expect((await ada.post("/login", { username: "Ada", password: PASSWORD })).status).toBe(200);
  });

  it("is impossible for whoever is not there", async () => {
    const deleted = await newUser(server.url, freshName("Deleted"));
    const now = new Date();
    await server.db.user.update({ where: { id: deleted.person.id }, data: { deactivated_at: now, deleted_at: now } });
    for (const id of [deleted.person.id, newId()]) {
      const { status, body } = await endSessionsOf(id);
      expect([status, body.code]).toEqual([404, "user_not_found"]);
    }
  });
});
