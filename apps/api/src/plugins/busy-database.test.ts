import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.ts";
import { type Db, openDb } from "../core/db.ts";

import { toAppError } from "./error-handler.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(database.url, 2);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

it("a crowd before the database waits up to a thousand; the rest is told at once, and afterwards all is as before", async () => {
  const ask = (n: number) =>
    db.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n`.then(
      ([row]) => row?.n,
      (error: unknown) => toAppError(error).code,
    );
  // Its connections are made first: waiting for those is not waiting in the crowd.
  await Promise.all([ask(1), ask(2)]);
  const answers = await Promise.all(Array.from({ length: 1_200 }, (_, n) => ask(n)));
  const busy = answers.filter((answer) => answer === "server_busy").length;
  expect(answers.filter((answer, n) => answer === n)).toHaveLength(1_200 - busy);
  expect(busy).toBeGreaterThan(150);
  expect(busy).toBeLessThanOrEqual(200);
  expect(await ask(7)).toBe(7);
}, 30_000);
