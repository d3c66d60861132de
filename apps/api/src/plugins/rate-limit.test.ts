import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import {
  type Answer,
  freshName,
  newAdministrator,
  newGuest,
  newUser,
  PASSWORD,
  TestClient,
} from "../../test/test-client.ts";
import { newGroup } from "../../test/test-conversation.ts";
import { newInvite } from "../../test/test-invite.ts";
import { asProgram } from "../../test/test-program.ts";

/** With a tenth of the usual: 2 tries to sign in, 3 registrations and 3 guests an address. */
let server: TestServer;

beforeAll(async () => {
  server = await startServer({ RATE_LIMIT_SCALE: "0.1" });
  await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

async function untilRefused(act: (n: number) => Promise<Answer>): Promise<{ tries: number; refused: Answer }> {
  for (let tries = 0; tries < 10; tries += 1) {
    const answer = await act(tries);
    if (answer.status === 429) return { tries, refused: answer };
  }
  throw new Error("never refused");
}

function expectRefusal(answer: Answer, withinSeconds: number): void {
  expect(answer.body).toMatchObject({ status: 429, code: "too_many_requests", message: expect.stringMatching(/Wait/) });
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  const wait = Number(answer.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(withinSeconds);
}

describe("too many tries from one address", () => {
  it("to sign in: 429 with Retry-After, for the right password too, until the time is over", async () => {
    const client = new TestClient(server.url);
    // The person set up above signed in once.
    const { tries, refused } = await untilRefused(() => client.post("/login", { username: "Ada", password: "wrong" }));
    expect(tries).toBe(1);
    expectRefusal(refused, 300);
    expectRefusal(await client.post("/login", { username: "Ada", password: PASSWORD }), 300);
    expect(client.cookie).toBeNull();
  });

  it("to register: 429, nothing stored", async () => {
    const client = new TestClient(server.url);
    const { refused } = await untilRefused((n) =>
      client.post("/register", { username: `Ben ${n}`, email: `ben.${n}@example.org`, password: PASSWORD }),
    );
    expectRefusal(refused, 3_600);
    expect(await server.db.user.count({ where: { role: "user" } })).toBe(3);
  });

  it("to enter as a guest: 429, nothing stored", async () => {
    const client = new TestClient(server.url);
    const { tries, refused } = await untilRefused((n) => client.post("/guest", { username: `Carol ${n}` }));
    expect(tries).toBe(3);
    expectRefusal(refused, 3_600);
    expect(await server.db.user.count({ where: { role: "guest" } })).toBe(3);
  });

  it("by a browser's form: back to the form, with the reason", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await new TestClient(server.url).post("/guest", "username=Grace", form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/guest"]);
    expect(answer.headers.getSetCookie().join()).toMatch(/^confab_flash=/);
  });

  it("to guess the set-up link: 429", async () => {
    const client = new TestClient(server.url);
    const account = { username: "Mallory", email: "mallory@example.org", password: PASSWORD };
    const { tries, refused } = await untilRefused(() => client.post("/api/v1/setup", { ...account, token: "guess" }));
    expect(tries).toBe(2);
    expectRefusal(refused, 300);
  });

  it("leave everything else open", async () => {
    expect((await new TestClient(server.url).get("/login")).status).toBe(200);
    expect((await new TestClient(server.url).get("/api/v1/workspace")).status).toBe(200);
  });

  it("cannot be had by claiming another address", async () => {
    const client = new TestClient(server.url);
    for (const header of ["x-forwarded-for", "x-real-ip", "forwarded"]) {
      const claim = { [header]: header === "forwarded" ? "for=192.0.2.1" : "192.0.2.1" };
      expect((await client.post("/login", { username: "Ada", password: PASSWORD }, claim)).status).toBe(429);
    }
  });
});

describe("to enter as a guest by a link", () => {
  /** With a fiftieth of the usual: 6 guests an address by a link, 1 without. */
  let strict: TestServer;
  let token: string;

  beforeAll(async () => {
    strict = await startServer({ RATE_LIMIT_SCALE: "0.02", TRUST_PROXY: "127.0.0.1" });
    const ada = await newAdministrator(strict, "Ada");
    token = (await newInvite(ada, await newGroup(ada, "Workshop", []))).token;
  });
  afterAll(() => strict.stop());

  const enter = (address: string, invite?: string) =>
    new TestClient(strict.url).post("/guest", { username: freshName("Carol"), invite }, { "x-forwarded-for": address });
  const forged = () => `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`;

  it("a whole workshop comes from one address; then 429, nothing stored", async () => {
    const before = await strict.db.user.count();
    const form = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": "192.0.2.1" };
    const formed = await new TestClient(strict.url).post("/guest", `username=Dora&invite=${token}`, form);
    expect([formed.status, formed.headers.get("location")]).toEqual([303, "/"]);
    const { tries, refused } = await untilRefused(() => enter("192.0.2.1", token));
    expect(tries).toBe(5);
    expectRefusal(refused, 3_600);
    expect(await strict.db.user.count()).toBe(before + 6);
    // Those without a link have their own tries, and so has every other address.
    expect([(await enter("192.0.2.1")).status, (await enter("192.0.2.2", token)).status]).toEqual([201, 201]);
  });

  it.each([
    ["a forged", "192.0.2.3", forged, 404],
    ["a made-up", "192.0.2.4", () => "nonsense", 404],
    ["an ill-formed", "192.0.2.5", () => "x".repeat(101), 400],
  ])("%s link has the few tries of whoever comes without one", async (_which, address, made, status) => {
    expect((await enter(address, made())).status).toBe(status);
    expectRefusal(await enter(address, made()), 3_600);
    expectRefusal(await enter(address), 3_600);
    expect((await enter(address, token)).status).toBe(201);
  });
});

describe("to change one's own name too often", () => {
  it("is refused to that person wherever they are, and to nobody else: 429, nothing stored", async () => {
    const strict = await startServer({ RATE_LIMIT_SCALE: "0.05" });
    try {
      const [ada, carol] = [await newUser(strict.url, "Ada"), await newGuest(strict.url, "Carol")];
      const rename = (client: TestClient, username: string) => client.send("PATCH", "/api/v1/me", { username });
      const { tries, refused } = await untilRefused((n) => rename(ada, `Ada ${n}`));
      expect(tries).toBe(3);
      expectRefusal(refused, 3_600);
      expectRefusal(await rename(await asProgram(ada), "Ada elsewhere"), 3_600);
      expect((await ada.get("/api/v1/me")).body.me.username).toBe("Ada 2");
      expect((await rename(carol, "Carol Shaw")).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });
});

describe("behind a proxy that TRUST_PROXY names", () => {
  it("each address has tries of its own", async () => {
    const proxied = await startServer({ RATE_LIMIT_SCALE: "0.1", TRUST_PROXY: "127.0.0.1" });
    try {
      const client = new TestClient(proxied.url);
      const from = (address: string) =>
        client.post("/login", { username: "Ada", password: "wrong" }, { "x-forwarded-for": address });
      expect((await untilRefused(() => from("192.0.2.1"))).tries).toBe(2);
      expect((await from("192.0.2.2")).status).toBe(401);
      expect((await from("192.0.2.3, 192.0.2.1")).status).toBe(429);
    } finally {
      await proxied.stop();
    }
  });
});
