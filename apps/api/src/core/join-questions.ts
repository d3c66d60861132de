import type { Tx } from "./db.ts";
import { AppError, isDatabaseAway, isDatabaseBusy, isTooSlow } from "./errors.ts";

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** It was in a statement that failed, and is asked by itself now. */
  isAlone: boolean;
}

/** Puts questions that are alike to the database in one statement, and gives their answers in the same order. */
type AnswerAll<Question, Answer> = (tx: Tx, questions: Question[]) => Promise<Answer[]>;

/**
 * How many turns of the event loop without another question make a line begin, and after how many it begins all the same. A
 * turn in which nothing happens takes some microseconds; while there is much to do, it is the time that ends the gathering.
 * It takes that long to gather a crowd, of which Node lets in no more than one new connection a turn.
 */
const QUIET_TURNS = 4;
const TURNS_MAX = 64;
const GATHER_MS_MAX = 5;
/** Questions of one kind that wait; who opens hundreds of conversations asks as many at once. */
const WAITING_MAX = 10_000;
/** What has failed within that time can be asked once more before anybody has waited for long. */
const AGAIN_WITHIN_MS = 300;

/**
 * A way to ask one question of many that come alike, from many people at the same time: when everybody is back after a
 * restart, or opens the same page, what is asked while one statement is being answered goes into the next. A crowd costs a
 * few statements instead of thousands. Every answer is as new as its question: its statement began later. At most `atMost`
 * go into one statement, so that none takes too long. Throws server_busy when too many wait.
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
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new AppError("server_busy"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject, isAlone: false });
      if (this.#isAsking) return;
      this.#isAsking = true;
      void this.#askAll();
    });
  }

  async #askAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Those to be asked alone are always the first: they were put back there.
      if (!this.#waiting[0]?.isAlone) await this.#gather();
      await this.#askSome(this.#waiting.splice(0, this.#waiting[0]?.isAlone ? 1 : this.#atMost));
    }
    this.#isAsking = false;
  }

  async #gather(): Promise<void> {
    const until = performance.now() + GATHER_MS_MAX;
    let [known, quietTurns] = [this.#waiting.length, 0];
    for (let turn = 0; turn < TURNS_MAX && quietTurns < QUIET_TURNS && known < this.#atMost; turn += 1) {
      await new Promise(setImmediate);
      quietTurns = this.#waiting.length > known ? 0 : quietTurns + 1;
      known = this.#waiting.length;
      if (performance.now() > until) return;
    }
  }

  async #askSome(asked: Waiting<Question, Answer>[]): Promise<void> {
    const began = performance.now();
    try {
      const answers = await this.#answerAll(
        this.#tx,
        asked.map(({ question }) => question),
      );
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (asked.length > 1 && performance.now() - began < AGAIN_WITHIN_MS) this.#askAlone(asked);
      else this.#giveUp(asked, error);
    }
  }

  /** A connection may have ended, or one of the questions have no answer: the others are not to suffer for it. */
  #askAlone(asked: Waiting<Question, Answer>[]): void {
    for (const waiting of asked) waiting.isAlone = true;
    this.#waiting.unshift(...asked);
  }

  /** Nobody waits as long again for a database that is away, busy or slow. */
  #giveUp(asked: Waiting<Question, Answer>[], error: unknown): void {
    const isEverybodys = isDatabaseAway(error) || isDatabaseBusy(error) || isTooSlow(error);
    for (const { reject } of isEverybodys ? [...asked, ...this.#waiting.splice(0)] : asked) reject(error);
  }
}
