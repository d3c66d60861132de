import type { Tx } from "./db.ts";
import { isDatabaseAway, isDatabaseBusy } from "./errors.ts";

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * How many turns of the event loop without another question make a line begin, and after how many it begins all the same. A
 * turn in which nothing happens takes some microseconds. It takes that long to gather a crowd, of which Node lets in no more
 * than one new connection a turn.
 */
const QUIET_TURNS = 4;
const TURNS_MAX = 64;

/** Puts questions that are alike to the database in one statement, and gives their answers in the same order. */
type AnswerAll<Question, Answer> = (tx: Tx, questions: Question[]) => Promise<Answer[]>;

/**
 * A way to ask one question of many that come alike, from many people at the same time: when everybody is back after a
 * restart, or opens the same page, what is asked while one statement is being answered goes into the next. A crowd costs a
 * few statements instead of thousands, and who asks alone waits for nobody. Every answer is as new as its question: its
 * statement began later. At most `atMost` go into one statement, so that none takes too long.
 */
export function joinQuestions<Question, Answer>(
  atMost: number,
  answerAll: AnswerAll<Question, Answer>,
): (tx: Tx, question: Question) => Promise<Answer> {
  const lines = new WeakMap<Tx, Line<Question, Answer>>();
  return (tx, question) => {
    const line = lines.get(tx) ?? new Line(tx, atMost, answerAll);
    lines.set(tx, line);
    return line.ask(question);
  };
}

class Line<Question, Answer> {
  readonly #tx: Tx;
  readonly #atMost: number;
  readonly #answerAll: AnswerAll<Question, Answer>;
  #waiting: Waiting<Question, Answer>[] = [];
  #isAsking = false;

  constructor(tx: Tx, atMost: number, answerAll: AnswerAll<Question, Answer>) {
    this.#tx = tx;
    this.#atMost = atMost;
    this.#answerAll = answerAll;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#isAsking) return;
      this.#isAsking = true;
      void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#askSome(this.#waiting.splice(0, this.#atMost));
    }
    this.#isAsking = false;
  }

  async #gather(): Promise<void> {
    let [known, quietTurns] = [this.#waiting.length, 0];
    for (let turn = 0; turn < TURNS_MAX && quietTurns < QUIET_TURNS && known < this.#atMost; turn += 1) {
      await new Promise(setImmediate);
      quietTurns = this.#waiting.length > known ? 0 : quietTurns + 1;
      known = this.#waiting.length;
    }
  }

  async #askSome(asked: Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#answerAll(
        this.#tx,
        asked.map(({ question }) => question),
      );
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      // Nobody waits for a database that is away as long again.
      const isLost = isDatabaseAway(error) || isDatabaseBusy(error);
      for (const { reject } of isLost ? [...asked, ...this.#waiting.splice(0)] : asked) reject(error);
    }
  }
}
