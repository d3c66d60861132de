import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { wire } from "../../app.ts";
import { retireExpiredGuest, retireExpiredGuests } from "./expired-guests.ts";

let server: TestServer;
const silent = { debug: () => undefined, warn: () => undefined, error: () => undefined };

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function retire(): Promise<number> {
  return retireExpiredGuests(wire(server.config, server.db, silent));
}

async function expire(guest: TestClient): Promise<void> {
  await server.db
    .$executeRaw`UPDATE users SET expires_at = now() - interval '1 second' WHERE id = ${guest.person.id}::uuid`;
}

describe("guests whose time is up", () => {
  test("leave the groups, give their name back, and stay under their messages as Guest", async () => {
    const ada = await newUser(server.url, "Ada");
    const carol = await newGuest(server.url, "Carol");
    const visitor = await newGuest(server.url, "Visitor");
    const [general] = (await ada.get("/api/v1/conversations")).body.conversations;
    const url = `/api/v1/conversations/${general.id}`;
    await carol.post(`${url}/messages`, { id: crypto.randomUUID(), content: "bye" });
    await expire(carol);

    expect(await retire()).toBe(1);
    const members = (await ada.get(`${url}/members`)).body.members.map(
      (member: { user: { username: string } }) => member.user.username,
    );
    expect(members.sort()).toEqual(["Ada", "Visitor"]);
    const after = (await ada.get(url)).body.conversation;
    expect(after.member_count).toBe(2);
    expect(after.member_version).toBe(general.member_version + 1);
    expect(after.last_message).toMatchObject({ content: "bye", sender: { username: "Guest", role: "guest" } });
    expect((await visitor.get("/api/v1/me")).status).toBe(200);

    const again = await newGuest(server.url, "Carol");
    expect(again.person.id).not.toBe(carol.person.id);
  });

  test("a guest who has become a user meanwhile stays", async () => {
    const frank = await newGuest(server.url, "Frank");
    await server.db.user.update({ where: { id: frank.person.id }, data: { role: "user", expires_at: null } });
    await retireExpiredGuest(wire(server.config, server.db, silent), frank.person.id);
    expect((await frank.get("/api/v1/conversations")).body.conversations).toHaveLength(1);
  });

  test("a guest with time left is left alone", async () => {
    const ben = await newGuest(server.url, "Ben");
    expect(await retire()).toBe(0);
    expect((await ben.get("/api/v1/me")).body.me.username).toBe("Ben");
  });
});
