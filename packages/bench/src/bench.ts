import pg from "pg";
import { Comparison, type SystemName } from "./comparison.ts";
import { TutorialDatabase } from "./database/tutorial-database.ts";
import type { JobName, JobOptions, JobResult } from "./load/jobs.ts";
import type { BenchOptions } from "./options.ts";
import type { Measured } from "./report/results.ts";
import { Confab, type Running } from "./systems/confab.ts";
import { runJob } from "./systems/run-job.ts";
import { startLimit, startTutorial, type Yardstick } from "./systems/yardstick.ts";

/** The servers and databases of one run, and the way to measure with them. */
export class Bench {
  readonly options: BenchOptions;
  readonly confab: Confab;
  #database: pg.Client | null = null;
  #tutorial: TutorialDatabase | null = null;
  #measured: Measured[] = [];

  private constructor(options: BenchOptions, confab: Confab) {
    this.options = options;
    this.confab = confab;
  }

  static async open(options: BenchOptions): Promise<Bench> {
    const bench = new Bench(options, await Confab.start(options.nodeOptions));
    await bench.#connect();
    return bench;
  }

  /** Confab's database, for seeding. */
  get database(): pg.Client {
    if (this.#database === null) throw new Error("The database is not open.");
    return this.#database;
  }

  get tutorial(): TutorialDatabase {
    if (this.#tutorial === null) throw new Error("The database is not open.");
    return this.#tutorial;
  }

  /** Restarts Confab: what earlier scenarios left in its memory is gone. */
  async refresh(running: Running = {}): Promise<void> {
    await this.#disconnect();
    await this.confab.restart(running);
    await this.#connect();
  }

  /** Does something while Confab and its database are stopped. */
  async whileStopped<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.#disconnect();
    await this.confab.stop();
    const result = await act();
    await this.confab.restart();
    await this.#connect();
    return result;
  }

  async close(): Promise<void> {
    await this.#disconnect();
    await this.confab.dispose();
  }

  /** Lets each system do the same job, in turn, as many rounds as the run has. */
  async compare<Name extends JobName>(
    systems: readonly SystemName[],
    name: Name,
    options: Omit<JobOptions<Name>, "target">,
    betweenRounds: () => Promise<void> = async () => undefined,
  ): Promise<Comparison<JobResult<Name>>> {
    const rounds: Map<SystemName, JobResult<Name>>[] = [];
    for (let n = 0; n < this.options.rounds; n++) {
      if (n > 0) await betweenRounds();
      const round = new Map<SystemName, JobResult<Name>>();
      for (const system of systems) round.set(system, await this.measure(system, name, options));
      rounds.push(round);
    }
    this.#measured.push({ job: name, rounds: rounds.map((round) => Object.fromEntries(round)) });
    return new Comparison(rounds);
  }

  /** Everything that was measured since the last time this was asked. */
  takeMeasured(): Measured[] {
    const measured = this.#measured;
    this.#measured = [];
    return measured;
  }

  /** Lets one system do a job, once. */
  async measure<Name extends JobName>(
    system: SystemName,
    name: Name,
    options: Omit<JobOptions<Name>, "target">,
  ): Promise<JobResult<Name>> {
    await this.#checkpoint();
    const started = await this.#start(system);
    // The compiler cannot see that options and target make up the whole again.
    const whole = { ...options, target: started.target } as JobOptions<Name>;
    const result = await runJob(name, whole, this.confab.clientsCore);
    await started.stop();
    return result;
  }

  async #start(system: SystemName): Promise<Yardstick> {
    const { target } = this.confab;
    if (system === "confab") return { target, stop: async () => undefined };
    if (system === "limit") return startLimit();
    if (system === "tutorial") return startTutorial(this.tutorial.url, target.postmasterPid);
    const { port, server } = await this.confab.startSecondNode();
    return { target: { ...target, secondNode: { port, serverPid: server.pid } }, stop: () => server.stop() };
  }

  /** What one system has written must not be carried to disk in the time of the next. */
  async #checkpoint(): Promise<void> {
    const admin = new pg.Client(this.confab.adminDatabaseUrl());
    await admin.connect();
    await admin.query("CHECKPOINT");
    await admin.end();
  }

  async #connect(): Promise<void> {
    this.#database = new pg.Client(this.confab.databaseUrl());
    await this.#database.connect();
    this.#tutorial = await TutorialDatabase.open(this.confab);
  }

  async #disconnect(): Promise<void> {
    await this.#database?.end();
    await this.#tutorial?.close();
  }
}
