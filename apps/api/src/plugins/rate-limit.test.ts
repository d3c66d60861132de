import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { type Answer, newUser, PASSWORD, TestClient } from "../../test/test-client.ts";

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
