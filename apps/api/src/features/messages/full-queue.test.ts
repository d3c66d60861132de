import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGapFree, insertGroup, insertPeople } from "../../../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/test-database.ts";
import { attempt, newMessage } from "../../../test/test-writer.ts";
import { type Db, openDb } from "../../core/db.ts";
import { MessageWriter } from "./messages.writer.ts";
import type { NewMessage } from "./write-statement.ts";

let database: TestDatabase;
let db: Db;
let ada: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(database.url);
  [ada = ""] = await insertPeople(db, ["Ada"]);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

describe("more sends at once than there is room for", { timeout: 40_000 }, () => {
  it.each([
    { what: "many", content: "short", count: 10_040, room: 10_001 },
    { what: "long", content: "x".repeat(15_900), count: 600, room: 529 },
  ])("($what) are refused as busy; what was let in is stored once, and then there is room again", async (crowd) => {
    const { content, count, room } = crowd;
    const group = await insertGroup(db, "Crowded", [ada]);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const writer = new MessageWriter(
      (statement) => db.$queryRaw(statement),
      () => held,
    );
    const next = () => newMessage(group, ada, content);
    const send = (message: NewMessage) => attempt(writer.write(message));
    // The first is stored and its announcement held up: everything else has to wait for it.
    expect(await send(next())).toBe(1);
    const sent = Array.from({ length: count - 1 }, next);
    const answers = sent.map(send);
    release();
    const settled = await Promise.all(answers);
    const again = sent.filter((_, index) => settled[index] === "server_busy");
    expect(count - again.length).toBe(room);
    expect(settled.filter((answer) => typeof answer === "number")).toHaveLength(room - 1);
    expect(await expectGapFree(db, group)).toHaveLength(room);
    expect(await Promise.all(again.map(send))).toEqual(again.map((_, index) => room + index + 1));
  });
});
