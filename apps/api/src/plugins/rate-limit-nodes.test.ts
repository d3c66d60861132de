import { expect, it } from "vitest";
import { startSecondNode } from "../../test/second-node.ts";
import { startServer } from "../../test/start-server.ts";
import { newUser, PASSWORD, TestClient } from "../../test/test-client.ts";

it("an address has its tries on all nodes together", async () => {
  const first = await startServer({ RATE_LIMIT_SCALE: "0.25" });
  const second = await startSecondNode(first);
  try {
    // Five tries, the one of signing in here included.
    await newUser(first.url, "Ada");
    const statuses: number[] = [];
    for (const { url } of [first, second, first, second, first, second, first, second])
      statuses.push((await new TestClient(url).post("/login", { username: "Ada", password: "wrong" })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429, 429, 429]);
    const right = await new TestClient(second.url).post("/login", { username: "Ada", password: PASSWORD });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
    await first.db.$executeRaw`UPDATE rate_limits SET ends_at = now()`;
    const third = await startSecondNode(first);
    expect((await new TestClient(third.url).post("/login", { username: "Ada", password: PASSWORD })).status).toBe(200);
    await third.stop();
  } finally {
    await second.stop();
    await first.stop();
  }
});
