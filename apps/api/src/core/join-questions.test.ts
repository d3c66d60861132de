import { expect, it } from "vitest";
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
  for (const n of numbers) {
    void ask(n);
    await new Promise(setImmediate);
  }
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

it.each([
  ["a database that is away", new Error("Connection terminated unexpectedly")],
  ["one that is busy", new AppError("server_busy")],
])("lets nobody wait as long again for %s", async (_what, error) => {
  const { ask, statements, until } = askedInHand();
  const asked = ask(1);
  await until(1);
  const waiting = ask(2);
  statements[0]?.fail(error);
  await expect(asked).rejects.toBe(error);
  await expect(waiting).rejects.toBe(error);
});

it("keeps any other failure from those who did not ask in that statement", async () => {
  const { ask, statements, until } = askedInHand();
  const asked = ask(1);
  await until(1);
  const waiting = ask(2);
  statements[0]?.fail(new Error("another"));
  await expect(asked).rejects.toThrow("another");
  await until(2);
  statements[1]?.answer();
  expect(await waiting).toBe("answer 2");
});
