import pg from "pg";
import { expect, it, vi } from "vitest";
import { openDb, type Tx } from "./db.ts";
import { AppError } from "./errors.ts";
import { joinQuestions } from "./join-questions.ts";

// No statement reaches a database: what comes of it is for each test to say.
const tx: Tx = openDb("postgresql://nowhere.invalid/none");

function askedInHand(atMost = 100) {
  const statements: { questions: number[]; answer: () => void; fail: (error: unknown) => void }[] = [];
  const ask = joinQuestions<number, string>(
    atMost,
    (_tx, questions) =>
      new Promise((resolve, fail) => {
        const answer = () => resolve(questions.map((question) => `answer ${question}`));
        statements.push({ questions, answer, fail });
      }),
  );
  const until = (count: number) => expect.poll(() => statements.length).toBe(count);
  return { ask: (question: number) => ask(tx, question), statements, until };
}

it("asks what comes together in one statement, and everybody gets their own answer", async () => {
  const { ask, statements, until } = askedInHand();
  const answers = [1, 2, 3].map(ask);
  await until(1);
  expect(statements[0]?.questions).toEqual([1, 2, 3]);
  statements[0]?.answer();
  expect(await Promise.all(answers)).toEqual(["answer 1", "answer 2", "answer 3"]);
});

it("gathers those who come one after the other, a turn of the event loop each", async () => {
  const { ask, statements, until } = askedInHand();
  const numbers = Array.from({ length: 30 }, (_, n) => n);
  // Time stands still: on a busy machine, thirty turns may take longer than anybody is to wait.
  vi.spyOn(performance, "now").mockReturnValue(performance.now());
  for (const n of numbers) {
    void ask(n);
    await new Promise(setImmediate);
  }
  vi.restoreAllMocks();
  await until(1);
  expect(statements[0]?.questions).toEqual(numbers);
});

it("gives no answer that is older than its question", async () => {
  const { ask, statements, until } = askedInHand();
  const first = ask(1);
  await until(1);
  const second = ask(2);
  statements[0]?.answer();
  expect(await first).toBe("answer 1");
  await until(2);
  expect(statements[1]?.questions).toEqual([2]);
  statements[1]?.answer();
  expect(await second).toBe("answer 2");
});

it("asks no more at once than is good for the database", async () => {
  const { ask, statements, until } = askedInHand(2);
  const answers = [1, 2, 3].map(ask);
  await until(1);
  statements[0]?.answer();
  await until(2);
  statements[1]?.answer();
  expect(await Promise.all(answers)).toHaveLength(3);
  expect(statements.map(({ questions }) => questions)).toEqual([[1, 2], [3]]);
});

/** Like PostgreSQL's own, which say by their code what is the matter. */
const tooSlow = () => Object.assign(new pg.DatabaseError("canceling statement", 0, "error"), { code: "57014" });

it.each([
  ["away", new Error("Connection terminated unexpectedly")],
  ["busy", new AppError("server_busy")],
  ["too slow", tooSlow()],
])("lets nobody wait as long again for a database that is %s", async (_what, error) => {
  const { ask, statements, until } = askedInHand();
  const asked = ask(1);
  await until(1);
  const waiting = [ask(2), ask(3)];
  statements[0]?.fail(error);
  await expect(asked).rejects.toBe(error);
  for (const each of waiting) await expect(each).rejects.toBe(error);
});

it("asks those one by one who were in a statement that failed, and only who has no answer is told so", async () => {
  const { ask, statements, until } = askedInHand();
  const asked = [1, 2, 3].map(ask);
  const settled = Promise.allSettled(asked);
  await until(1);
  const later = ask(4);
  statements[0]?.fail(new Error("one of them has no answer"));
  for (const n of [1, 2, 3]) {
    await until(n + 1);
    expect(statements[n]?.questions).toEqual([n]);
    if (n === 2) statements[n]?.fail(new Error("none for 2"));
    else statements[n]?.answer();
  }
  expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  await until(5);
  statements[4]?.answer();
  expect(await later).toBe("answer 4");
});

it("asks nobody once more when a statement has failed that took its time", async () => {
  const { ask, statements, until } = askedInHand();
  const asked = Promise.allSettled([1, 2].map(ask));
  await until(1);
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 1_000);
  statements[0]?.fail(new Error("late"));
  expect((await asked).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  vi.restoreAllMocks();
  expect(statements).toHaveLength(1);
});

it("does not let more wait than it can answer in time", async () => {
  const { ask } = askedInHand();
  const asked = Array.from({ length: 10_001 }, (_, n) => ask(n));
  await expect(asked.at(-1)).rejects.toMatchObject({ code: "server_busy" });
});

it("gathers no longer than a moment while every turn takes long", async () => {
  const { ask, statements } = askedInHand();
  void ask(1);
  let turns = 0;
  while (statements.length === 0) {
    const end = performance.now() + 5;
    while (performance.now() < end);
    turns += 1;
    await new Promise(setImmediate);
  }
  expect(turns).toBeLessThan(4);
});
