import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** The same person at a second device. */
async function secondSession(first: TestClient): Promise<TestClient> {
  const client = new TestClient(server.url);
  await client.post("/login", { username: first.person.username, password: PASSWORD });
  client.person = first.person;
  return client;
}

describe.each([
  ["POST /logout", "POST", 204, null],
  ["GET /logout", "GET", 302, "/auth/login"],
])("%s", (_door, method, status, location) => {
  it(`answers ${status}, clears the cookie and ends the session on the server`, async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const cookie = ada.cookie ?? "";
    const answer = await ada.send(method, "/logout");

    expect(answer.status).toBe(status);
    expect(answer.headers.get("location")).toBe(location);
    const [pair, ...attributes] = answer.headers.getSetCookie()[0]?.split("; ") ?? [];
    expect(pair).toBe("confab_session=");
    expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "SameSite=Lax"]));
    expect(attributes.some((each) => /^(Max-Age=0|Expires=Thu, 01 Jan 1970.*)$/.test(each))).toBe(true);
    expect(await server.db.session.count({ where: { user_id: ada.person.id } })).toBe(0);
    expect((await new TestClient(server.url).get("/api/v1/me", { cookie })).status).toBe(401);
    expect(await TestSocket.refusal(server.url, { cookie, origin: server.url })).toBe(401);
  });

  it("closes the sockets of that session at once, and of no other", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const elsewhere = await secondSession(ada);
    const ben = await newUser(server.url, freshName("Ben"));
    const [one, two, kept, other] = await Promise.all([
      ada.connect(),
      ada.connect(),
      elsewhere.connect(),
      ben.connect(),
    ]);
    await ada.send(method, "/logout");

    expect(await Promise.all([one.closed(), two.closed()])).toEqual([4401, 4401]);
    await Promise.all([kept.settled(), other.settled()]);
    expect([kept.closeCode, other.closeCode]).toEqual([null, null]);
    expect((await elsewhere.get("/api/v1/me")).status).toBe(200);
    kept.close();
    other.close();
  });

  it("answers somebody who is signed out in the same way", async () => {
    const nobody = await new TestClient(server.url).send(method, "/logout");
    expect(nobody.status).toBe(status);
    const stranger = new TestClient(server.url);
    stranger.cookie = "confab_session=long-gone";
    expect((await stranger.send(method, "/logout")).status).toBe(status);
  });
});

describe("POST /logout", () => {
  it("says nothing to others", async () => {
    const ada = await newUser(server.url, freshName("Ada"));
    const ben = await (await newUser(server.url, freshName("Ben"))).connect();
    await ben.settled();
    // Who else comes and goes is told meanwhile.
    const ofAda = () => ben.events.filter((event) => JSON.stringify(event).includes(ada.person.id));
    const heard = ofAda();
    await ada.post("/logout", undefined);
    await ben.settled();
    expect(ofAda()).toEqual(heard);
    ben.close();
  });
});
