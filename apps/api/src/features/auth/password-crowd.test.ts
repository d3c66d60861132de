import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, PASSWORD, TestClient } from "../../../test/test-client.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: "fatal" });
  await newUser(server.url, "Ada");
});
afterAll(() => server.stop());

it("of very many who sign in at once some are told to come back; nobody waits long, and nobody comes in by it", async () => {
  const bodies = Array.from({ length: 100 }, (_, n) => ({
    username: "Ada",
    password: n % 2 === 0 ? PASSWORD : "wrong",
  }));
  const clients = bodies.map(() => new TestClient(server.url));
  const answers = await Promise.all(bodies.map((body, n) => clients[n]?.post("/login", body)));
  const right = (n: number) => n % 2 === 0;
  const busy = answers.filter((answer) => answer?.status === 503);
  // Two at work and twenty waiting: whoever comes while it is so is refused.
  expect(busy.length).toBeGreaterThan(0);
  expect(answers.length - busy.length).toBeGreaterThanOrEqual(22);
  for (const [n, answer] of answers.entries()) {
    if (answer?.status === 503) {
      expect(answer.body.code).toBe("server_busy");
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(clients[n]?.cookie).toBeNull();
    } else expect(answer?.status).toBe(right(n) ? 200 : 401);
  }
  const afterwards = await new TestClient(server.url).post("/login", { username: "Ada", password: PASSWORD });
  expect(afterwards.status).toBe(200);
});
