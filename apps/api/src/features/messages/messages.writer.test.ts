import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGapFree, insertGroup, insertPeople } from "../../../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/test-database.ts";
import { attempt, newMessage, newWriter } from "../../../test/test-writer.ts";
import { type Db, openDb, sql } from "../../core/db.ts";
import { MessageWriter } from "./messages.writer.ts";

let database: TestDatabase;
let db: Db;
let otherDb: Db;
let ada: string;
let ben: string;
let mallory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDb(database.url);
  otherDb = openDb(database.url);
  [ada = "", ben = "", mallory = ""] = await insertPeople(db, ["Ada", "Ben", "Mallory"]);
});
afterAll(async () => {
  await db.$disconnect();
  await otherDb.$disconnect();
  await database.drop();
});

describe("MessageWriter.write", () => {
  it("stores an id once, however often it is sent at the same moment, and gives everyone the same seq", async () => {
    const group = await insertGroup(db, "Once", [ada, ben]);
    const { writer, announced } = newWriter(db);
    const sent = newMessage(group, ada, "just this once");
    const answers = await Promise.all(Array.from({ length: 50 }, () => writer.write(sent)));
    expect(new Set(answers.map((answer) => answer.message.seq))).toEqual(new Set([1]));
    expect(answers.every((answer) => answer.message.content === "just this once")).toBe(true);
    expect(await expectGapFree(db, group)).toHaveLength(1);
    expect(announced.map((written) => written.message.id)).toEqual([sent.id]);
  });

  it("gives the stored message when an id comes again later, and announces it no more", async () => {
    const group = await insertGroup(db, "Later", [ada, ben]);
    const { writer, announced } = newWriter(db);
    const sent = newMessage(group, ada, "hello");
    const first = await writer.write(sent);
    await writer.write(newMessage(group, ben, "something in between"));
    const again = await newWriter(otherDb).writer.write({ ...sent, sent_from_client: "2027-01-01T00:00:00Z" });
    expect(first.is_new).toBe(true);
    expect(again).toEqual({ ...first, is_new: false });
    expect((await writer.write(sent)).is_new).toBe(false);
    expect(announced).toHaveLength(2);
    expect(await expectGapFree(db, group)).toHaveLength(2);
  });

  it("refuses an id that stands for another text or another sender's message, and overwrites nothing", async () => {
    const group = await insertGroup(db, "Reused", [ada, ben]);
    const { writer } = newWriter(db);
    const sent = newMessage(group, ada, "mine");
    await writer.write(sent);
    expect(await attempt(writer.write({ ...sent, content: "other" }))).toBe("message_id_reused");
    expect(await attempt(writer.write({ ...sent, sender_id: ben }))).toBe("message_id_reused");
    expect(await expectGapFree(db, group)).toMatchObject([{ content: "mine", sender_id: ada }]);
  });

  it("lets the first of two win when one id comes with two texts in the same batch", async () => {
    const group = await insertGroup(db, "Two texts", [ada, ben]);
    const { writer } = newWriter(db);
    const busy = writer.write(newMessage(group, ben, "keeps the writer busy"));
    const sent = newMessage(group, ada, "first");
    const answers = await Promise.all(
      [busy, writer.write(sent), writer.write({ ...sent, content: "second" })].map(attempt),
    );
    expect(answers).toEqual([1, 2, "message_id_reused"]);
    expect((await expectGapFree(db, group)).map((stored) => stored.content)).toEqual([
      "keeps the writer busy",
      "first",
    ]);
  });

  it("allows the same id in two conversations", async () => {
    const [one, two] = [await insertGroup(db, "One", [ada]), await insertGroup(db, "Two", [ada])];
    const { writer } = newWriter(db);
    const id = newId();
    const answers = await Promise.all([
      writer.write(newMessage(one, ada, "a", id)),
      writer.write(newMessage(two, ada, "b", id)),
    ]);
    expect(answers.map((answer) => answer.message.content)).toEqual(["a", "b"]);
  });

  it("stores nothing of somebody who is not a member, nor for a conversation that does not exist", async () => {
    const group = await insertGroup(db, "Closed", [ada]);
    const { writer, announced } = newWriter(db);
    const answers = await Promise.all([
      attempt(writer.write(newMessage(group, mallory, "let me in"))),
      attempt(writer.write(newMessage(group, ada, "hello"))),
      attempt(writer.write(newMessage(newId(), ada, "anyone here?"))),
    ]);
    expect(answers).toEqual(["conversation_not_found", 1, "conversation_not_found"]);
    expect(await expectGapFree(db, group)).toMatchObject([{ content: "hello" }]);
    expect(announced).toHaveLength(1);
  });

  it("takes no one down with a row that PostgreSQL refuses, and keeps everybody's order", async () => {
    const group = await insertGroup(db, "Poison", [ada, ben]);
    const { writer, announced } = newWriter(db);
    const contents = ["first", "a", "b", "poison \u0000", "c", "d"];
    const answers = await Promise.all(
      contents.map((content) => attempt(writer.write(newMessage(group, ada, content)))),
    );
    expect(answers.map((answer) => typeof answer)).toEqual([
      "number",
      "number",
      "number",
      "string",
      "number",
      "number",
    ]);
    expect((await expectGapFree(db, group)).map((stored) => stored.content)).toEqual(["first", "a", "b", "c", "d"]);
    expect(announced.map((written) => written.message.seq)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("batches of several", () => {
  it("begin ten milliseconds apart, so that more have joined the next, and leave nobody behind", async () => {
    const group = await insertGroup(db, "Paced", [ada, ben]);
    const begun: number[] = [];
    const sizes: number[] = [];
    const writer = new MessageWriter(
      (statement) => {
        begun.push(performance.now());
        return db.$queryRaw(statement);
      },
      async (batch) => void sizes.push(batch.length),
    );
    const sends: Promise<unknown>[] = [];
    for (let wave = 0; wave < 50; wave += 1) {
      for (const sender of [ada, ben]) sends.push(writer.write(newMessage(group, sender, `${wave}`)));
      await new Promise((resolve) => setImmediate(resolve));
      if (wave % 10 === 9) await sends.at(-1);
    }
    await Promise.all(sends);
    expect(await expectGapFree(db, group)).toHaveLength(100);
    // Timers count in whole milliseconds.
    const gaps = sizes.slice(0, -1).flatMap((size, n) => (size > 1 ? [(begun[n + 1] ?? 0) - (begun[n] ?? 0)] : []));
    expect(gaps.length).toBeGreaterThan(3);
    expect(Math.min(...gaps)).toBeGreaterThan(8.9);
  });
});

describe("two nodes writing into the same conversations", () => {
  it("keep every conversation gap-free and store and announce each id once", async () => {
    const senders = [ada, ben, ...(await insertPeople(db, ["Carol", "Dan"]))];
    const groups = await Promise.all(["N1", "N2", "N3"].map((name) => insertGroup(db, name, senders)));
    const nodes = [newWriter(db), newWriter(otherDb)] as const;
    const sent = groups.flatMap((group) =>
      senders.flatMap((sender) => Array.from({ length: 60 }, (_, n) => newMessage(group, sender, `${n}`))),
    );
    // Every third message goes to both nodes, as after a lost answer.
    const tries = await Promise.all(
      sent.map(async (each, index) => {
        if (index % 40 === 0) await new Promise(setImmediate);
        const ways = index % 3 === 0 ? nodes : [nodes[index % 2 === 0 ? 0 : 1]];
        return Promise.all(ways.map((node) => node.writer.write(each)));
      }),
    );
    for (const answers of tries) expect(new Set(answers.map((answer) => answer.message.seq)).size).toBe(1);
    for (const group of groups) expect(await expectGapFree(db, group)).toHaveLength(senders.length * 60);
    const announced = nodes.flatMap((node) => node.announced.map((written) => written.message.id));
    expect(announced.sort()).toEqual(sent.map((each) => each.id).sort());
    for (const { announced: ofNode } of nodes)
      for (const group of groups) {
        const seqs = ofNode.map((written) => written.message).filter((each) => each.conversation_id === group);
        expect(seqs.map((each) => each.seq)).toEqual(seqs.map((each) => each.seq).sort((a, b) => a - b));
      }
  });

  it.each(["all of them good", "some of them refused by PostgreSQL"])(
    "keep one sender's order on one node, %s",
    async (kind) => {
      const group = await insertGroup(db, "Ordered", [ada, ben]);
      const [here, there] = [newWriter(db), newWriter(otherDb)];
      const isBad = (n: number) => kind.startsWith("some") && n % 7 === 3;
      const run = async (node: typeof here, sender: string) => {
        const sends: Promise<unknown>[] = [];
        for (let n = 0; n < 200; n += 1) {
          sends.push(attempt(node.writer.write(newMessage(group, sender, isBad(n) ? `${n}\u0000` : `${n}`))));
          if (n % 5 === 4) await new Promise(setImmediate);
        }
        return Promise.all(sends);
      };
      await Promise.all([run(here, ada), run(there, ben)]);
      const stored = await expectGapFree(db, group);
      for (const sender of [ada, ben]) {
        const own = stored.filter((each) => each.sender_id === sender).map((each) => Number(each.content));
        expect(own).toEqual(Array.from({ length: 200 }, (_, n) => n).filter((n) => !isBad(n)));
      }
    },
  );
});

describe("a member removed during a storm", () => {
  it("has nothing stored after the removal's commit, and the others go on", async () => {
    const group = await insertGroup(db, "Removal", [ada, ben]);
    const nodes = [newWriter(db), newWriter(otherDb)] as const;
    let removed = false;
    const storm = async (sender: string) => {
      const answers: (number | string)[] = [];
      for (let wave = 0; wave < 60 || !removed; wave += 1) {
        const sends = nodes.map((node) => attempt(node.writer.write(newMessage(group, sender, `${wave}`))));
        answers.push(...(await Promise.all(sends)));
      }
      return answers;
    };
    const storms = Promise.all([storm(ada), storm(ben)]);
    while ((await db.message.count({ where: { conversation_id: group } })) < 30) await new Promise(setImmediate);
    const lastSeq = await removeMember(group, ben);
    removed = true;
    const [ofAda, ofBen] = await storms;
    const stored = await expectGapFree(db, group);
    const bens = stored.filter((each) => each.sender_id === ben);
    expect(bens.length).toBeGreaterThan(0);
    expect(bens.at(-1)?.seq).toBeLessThanOrEqual(lastSeq);
    expect(ofBen.filter((answer) => answer === "conversation_not_found").length).toBe(ofBen.length - bens.length);
    expect(ofBen.at(-1)).toBe("conversation_not_found");
    expect(ofAda.every((answer) => typeof answer === "number")).toBe(true);
  });
});

/** As a removal will do it: under the conversation's lock, telling the new versions. Gives last_seq at that moment. */
async function removeMember(group: string, userId: string): Promise<number> {
  return otherDb.$transaction(async (tx) => {
    await tx.$queryRaw(sql`SELECT 1 FROM conversations WHERE id = ${group}::uuid FOR UPDATE`);
    await tx.$executeRaw(sql`
      DELETE FROM conversation_members WHERE conversation_id = ${group}::uuid AND user_id = ${userId}::uuid`);
    const { last_seq } = await tx.conversation.update({
      where: { id: group },
      data: { revision: { increment: 1 }, member_version: { increment: 1 }, member_count: { decrement: 1 } },
    });
    return last_seq;
  });
}
