import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";
import { basic } from "../../../test/test-program.ts";

/** Passwords are hashed slowly, on purpose. */
vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const ROUNDS = 6;

/** Signs in over and over while something goes on; gives how it was answered. */
async function signInUntil(done: Promise<unknown>, password: string): Promise<number[]> {
  const answers: number[] = [];
  let isDone = false;
  const ending = done.finally(() => {
    isDone = true;
  });
  const keepSigningIn = async (signIn: () => Promise<{ status: number }>) => {
    while (!isDone) answers.push((await signIn()).status);
  };
  await Promise.all([
    ending,
    keepSigningIn(() => new TestClient(server.url).post("/login", { username: "Ada", password })),
    keepSigningIn(() => new TestClient(server.url).post("/login", { username: "Ada", password })),
    keepSigningIn(() => new TestClient(server.url).get("/token", basic("Ada", password))),
  ]);
  return answers;
}

test("no session that the old password opens at the moment of its change outlives the change", async () => {
  const ada = await newUser(server.url, "Ada");
  let old = PASSWORD;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = `${PASSWORD} ${round}`;
    const change = ada.put("/api/v1/me/password", { password: old, new_password: next });
    const answers = await signInUntil(change, old);
    expect((await change).status).toBe(204);
    expect(answers.filter((status) => status !== 200 && status !== 401)).toEqual([]);
    const { sessions } = (await ada.get("/api/v1/sessions")).body;
    expect(sessions).toMatchObject([{ is_current: true }]);
    old = next;
  }
});

test("no token that a browser asks for at the moment everything is ended outlives that", async () => {
  const ben = await newUser(server.url, "Ben");
  for (let round = 0; round < ROUNDS; round += 1) {
    const { cookie } = ben;
    const headers = { cookie: cookie ?? "" };
    const asked = Array.from({ length: 8 }, () => new TestClient(server.url).get("/token", headers));
    const ended = ben.send("DELETE", "/api/v1/sessions", undefined, headers);
    await Promise.all(asked);
    expect((await ended).status).toBe(204);
    expect(await server.db.session.count({ where: { user_id: ben.person.id } })).toBe(0);
    expect((await ben.post("/login", { username: "Ben", password: PASSWORD })).status).toBe(200);
  }
});
