import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGapFree, insertGroup, insertPeople } from "../../../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/test-database.ts";
import { attempt, newMessage, newWriter } from "../../../test/test-writer.ts";
import { type Db, openDb, sql } from "../../core/db.ts";

let database: TestDatabase;
let db: Db;
let otherDb: Db;
let ada: string;
let ben: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(database.url);
  otherDb = openDb(database.url);
  [ada = "", ben = ""] = await insertPeople(db, ["Ada", "Ben"]);
});
afterAll(async () => {
  await db.$disconnect();
  await otherDb.$disconnect();
  await database.drop();
});

describe("a conversation that somebody else holds locked", () => {
  it("is told to be busy, and holds up the others once at most", async () => {
    const [held, open] = [await insertGroup(db, "Held", [ada, ben]), await insertGroup(db, "Open", [ada])];
    const { writer, announced } = newWriter(db);
    const stored = newMessage(held, ben, "before the lock");
    await writer.write(stored);
    const lock = await holdLocked(held);
    const sendAll = () =>
      Promise.all([
        attempt(writer.write(newMessage(held, ada, "into the lock"))),
        attempt(writer.write(newMessage(open, ada, "past it"))),
        attempt(writer.write(newMessage(held, ben, "into the lock, too"))),
      ]);
    expect(await sendAll()).toEqual(["server_busy", 1, "server_busy"]);
    // What was stored before has to wait as well: its answer says nothing about the lock.
    expect(await attempt(writer.write(stored))).toBe("server_busy");
    // The lock is not waited for any more: that alone would take more than half a second each time.
    const startedAt = performance.now();
    for (let n = 2; n <= 6; n += 1) expect(await sendAll()).toEqual(["server_busy", n, "server_busy"]);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    await lock.release();
    expect(await sendAll()).toEqual([2, 7, 3]);
    expect(announced).toHaveLength(10);
    for (const group of [held, open]) await expectGapFree(db, group);
  });

  it("is waited for while that is short", async () => {
    const held = await insertGroup(db, "Held briefly", [ada]);
    const lock = await holdLocked(held);
    const sent = attempt(newWriter(db).writer.write(newMessage(held, ada, "patience")));
    await expect.poll(waitingForLocks).toBe(1);
    await lock.release();
    expect(await sent).toBe(1);
  });

  it("may be the whole table: everybody is told, nobody hangs, and all goes on afterwards", async () => {
    const group = await insertGroup(db, "Everything", [ada]);
    const { writer } = newWriter(db);
    const done = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = otherDb.$transaction(async (tx) => {
      await tx.$executeRaw`LOCK TABLE conversations IN SHARE MODE`;
      locked.resolve();
      await done.promise;
    });
    await locked.promise;
    const answers = await Promise.allSettled([1, 2, 3].map((n) => writer.write(newMessage(group, ada, `${n}`))));
    expect(answers.map((answer) => answer.status)).toEqual(["rejected", "rejected", "rejected"]);
    done.resolve();
    await holding;
    expect(await attempt(writer.write(newMessage(group, ada, "again")))).toBe(1);
  });

  const waitingForLocks = async () => {
    const [row] = await otherDb.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return row?.n;
  };

  async function holdLocked(group: string): Promise<{ release(): Promise<void> }> {
    const [locked, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = otherDb.$transaction(
      async (tx) => {
        await tx.$queryRaw(sql`SELECT 1 FROM conversations WHERE id = ${group}::uuid FOR UPDATE`);
        locked.resolve();
        await done.promise;
      },
      { timeout: 10_000 },
    );
    await locked.promise;
    return {
      release: async () => {
        done.resolve();
        await holding;
      },
    };
  }
});
