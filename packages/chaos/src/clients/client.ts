import { setTimeout as delay } from "node:timers/promises";
import type { Event, EventOf } from "@confab/shared/events";
import { now } from "../history/clock.ts";
import type { Recorder } from "../history/recorder.ts";
import type { HistoryRecord } from "../history/records.ts";
import type { Random } from "../random.ts";
import { Connection } from "./connection.ts";
import { Continuity } from "./continuity.ts";
import { freshSnapshot } from "./fresh-snapshot.ts";
import { request } from "./http.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import { Overview } from "./overview.ts";
import { Windows } from "./windows.ts";

export interface ClientPlan {
  readonly name: string;
  readonly person: string;
  readonly cookie: string;
  /** Those it is in, the busiest first. */
  readonly conversations: readonly string[];
  /** One it is not in: what it sends there is refused. */
  readonly foreign: string | null;
  readonly sendsPerSecond: number;
  /** Begins its windows with what comes next, instead of the first message there is. */
  readonly fromHead: boolean;
  /** At least so many characters in each message. */
  readonly contentLength: number;
  readonly heartbeatMs: number;
}

type Unsigned<Of> = Of extends HistoryRecord ? Omit<Of, "at" | "client" | "person"> : never;

/** How often a send is one of the odd ones: to where one is not, an id again with other words, an old message again. */
const ODD_SHARE = 0.03;
/** Senders wait when the server does: what piles up proves nothing more. */
const OPEN_MAX = 12;
const READ_SHARE = 0.1;
const BURST_SHARE = 0.2;
const POLL_MS = 50;
const REST_MS = 30_000;
const CONVERGE_MS = 25_000;
const DRIFT_MS = 10_000;

/** One person at one screen: reads everything, writes at a steady pace, and notes all of it in the history. */
export class Client {
  readonly #plan: ClientPlan;
  readonly #url: string;
  readonly #recorder: Recorder;
  readonly #random: Random;
  readonly #connection: Connection;
  readonly #continuity: Continuity;
  readonly #windows: Windows;
  readonly #overview: Overview;
  readonly #outbox: Outbox;
  readonly #stored: Outgoing[] = [];
  readonly #mine: Set<string>;
  #count = 0;
  #isWriting = false;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(plan: ClientPlan, url: string, recorder: Recorder, random: Random) {
    this.#plan = plan;
    this.#url = url;
    this.#recorder = recorder;
    this.#random = random;
    this.#mine = new Set(plan.conversations);
    this.#overview = new Overview(plan.person, (conversation) => void this.#askFor(conversation));
    this.#continuity = new Continuity((conversation, revision) =>
      this.#note({ op: "hole", conversation, revision, connection: this.#connection.number }),
    );
    this.#windows = new Windows({
      get: (path) => this.#get(path),
      jitter: () => this.#random.next(),
      onShow: ({ conversation_id, id, seq, sender, content }, by) =>
        this.#note({ op: "show", conversation: conversation_id, id, seq, sender: sender.id, content, by }),
      onWindow: (conversation, from) => this.#note({ op: "window", conversation, from }),
      onSynced: (conversation, seq) => this.#note({ op: "synced", conversation, seq }),
    });
    this.#outbox = this.#newOutbox(random.child("outbox"));
    const { cookie, heartbeatMs } = plan;
    this.#connection = new Connection({ url, cookie, heartbeatMs }, random.child("connection"), {
      onConnect: (connection) => this.#note({ op: "connect", connection }),
      onEvent: (event, connection) => this.#hear(event, connection),
      onLost: (connection, code) => {
        this.#note({ op: "lost", connection, code });
        this.#continuity.end();
        this.#outbox.interrupt();
      },
    });
  }

  get isLive(): boolean {
    return this.#connection.isLive;
  }

  connect(): void {
    this.#connection.start();
  }

  /** Writes until told to rest. */
  write(): void {
    if (this.#plan.sendsPerSecond === 0) return;
    this.#isWriting = true;
    void this.#writeOn();
  }

  /** Writes nothing new; resolves when everything written has its answer, or none for too long. */
  async rest(): Promise<boolean> {
    this.#isWriting = false;
    for (const end = now() + REST_MS; this.#outbox.open > 0 && now() < end; ) await delay(POLL_MS);
    const isDone = this.#outbox.open === 0;
    // What is still without an answer must not come into the database while that is looked at.
    this.#outbox.stop();
    return isDone;
  }

  /** Waits until the windows have these revisions by what the protocol brings, and notes what is there then. */
  async converge(heads: Readonly<Record<string, number>>): Promise<void> {
    const mine = () => Object.entries(heads).filter(([id]) => this.#mine.has(id));
    const isLevel = () => mine().every(([id, revision]) => this.#windows.known(id) >= revision);
    for (const end = now() + CONVERGE_MS; this.#connection.isWanted && !isLevel() && now() < end; )
      await delay(POLL_MS);
    if (!this.#connection.isWanted) return;
    const fresh = await this.#compare();
    for (const [conversation] of mine()) {
      const unread = fresh?.conversations.find(({ id }) => id === conversation)?.unread;
      const seq = this.#windows.lastShown(conversation);
      if (unread !== undefined) this.#note({ op: "converged", conversation, seq, unread });
    }
  }

  /** Snapshot and events against a fresh snapshot, which it gives back. The last events may still be on their way. */
  async #compare(): Promise<EventOf<"ready"> | null> {
    let difference: ReturnType<Overview["differenceTo"]> = null;
    let fresh: EventOf<"ready"> | null = null;
    for (const end = now() + DRIFT_MS; now() < end; await delay(DRIFT_MS / 20)) {
      fresh = this.#connection.isLive ? await freshSnapshot(this.#url, this.#plan.cookie) : null;
      difference = fresh === null ? null : this.#overview.differenceTo(fresh.conversations);
      if (fresh !== null && difference === null) return fresh;
    }
    if (difference) this.#note({ op: "drift", ...difference });
    return fresh;
  }

  stop(): void {
    this.#isWriting = false;
    this.#connection.stop();
    this.#continuity.end();
    this.#outbox.stop();
    this.#windows.stop();
  }

  #note(record: Unsigned<HistoryRecord>): void {
    const { name, person } = this.#plan;
    this.#recorder.note({ ...record, at: now(), client: name, person } as HistoryRecord);
  }

  #newOutbox(random: Random): Outbox {
    return new Outbox(random, {
      say: ({ conversation, id, content }) => {
        if (!this.#connection.isLive) return null;
        const connection = this.#connection.number;
        this.#note({ op: "send", phase: "invoke", conversation, id, content, by: "socket", connection });
        this.#connection.send({ type: "message.create", conversation_id: conversation, id, content });
        return connection;
      },
      post: ({ conversation, id, content }) => {
        const url = `${this.#url}/api/v1/conversations/${conversation}/messages`;
        return request(url, this.#plan.cookie, "POST", { id, content });
      },
      onTry: ({ conversation, id, content }, by, connection) =>
        this.#note({ op: "send", phase: "invoke", conversation, id, content, by, connection }),
      onOutcome: ({ conversation, id, content }, outcome) => {
        const send = { op: "send", conversation, id } as const;
        if (outcome.kind === "ok") {
          this.#note({ ...send, phase: "ok", seq: outcome.seq });
          this.#stored.push({ conversation, id, content });
        } else if (outcome.kind === "fail") this.#note({ ...send, phase: "fail", content, code: outcome.code });
        else this.#note({ ...send, phase: "unknown", code: outcome.code });
      },
    });
  }

  #hear(event: Event, connection: number): void {
    this.#overview.hear(event);
    switch (event.type) {
      case "ready":
        this.#overview.begin(event.conversations);
        this.#leaveAllBut(event.conversations.map(({ id }) => id));
        for (const conversation of event.conversations) {
          this.#continuity.begin(conversation.id, conversation.revision);
          if (!this.#mine.has(conversation.id)) continue;
          this.#note({ op: "ready", connection, conversation: conversation.id, seq: conversation.last_seq });
          this.#windows.open(conversation, this.#plan.fromHead);
        }
        return;
      case "conversation.joined":
        this.#continuity.begin(event.conversation.id, event.conversation.revision);
        if (this.#mine.has(event.conversation.id)) this.#windows.open(event.conversation, this.#plan.fromHead);
        return;
      case "conversation.left":
        return this.#leave(event.conversation_id);
      case "message.created":
      case "message.updated":
        return this.#take(event.message.conversation_id, event.message.revision, event);
      case "conversation.updated":
      case "member.added":
      case "member.removed":
      case "member.updated":
        return this.#take(event.conversation_id, event.revision, event);
      case "message.acked":
        return this.#outbox.hearAck(event);
      case "error":
        return this.#outbox.hearError(event);
      default:
    }
  }

  /** What is not in a snapshot has been lost while nobody could say so. */
  #leaveAllBut(conversations: readonly string[]): void {
    for (const id of [...this.#mine]) if (!conversations.includes(id)) this.#leave(id);
  }

  #leave(conversation: string): void {
    if (!this.#mine.delete(conversation)) return;
    this.#windows.close(conversation);
    this.#note({ op: "left", conversation });
  }

  #take(conversation: string, revision: number, event: Event): void {
    this.#continuity.hear(conversation, revision);
    this.#windows.hear(conversation, revision, event);
  }

  async #writeOn(): Promise<void> {
    while (this.#isWriting) {
      await delay((1_000 / this.#plan.sendsPerSecond) * this.#random.between(0.5, 1.5));
      if (this.#isWriting && this.#outbox.open < OPEN_MAX) this.#writeOne();
    }
  }

  #writeOne(): void {
    // Half of everything is said in the busiest one.
    const [busiest = ""] = this.#plan.conversations;
    const conversation = this.#random.chance(0.5) ? busiest : this.#random.pick(this.#plan.conversations);
    if (this.#random.chance(READ_SHARE)) this.#read(conversation);
    const old = this.#stored.length > 0 && this.#random.chance(ODD_SHARE) ? this.#random.pick(this.#stored) : null;
    if (old) return this.#outbox.put(old.conversation, [this.#random.chance(0.5) ? old : otherWords(old)]);
    const { foreign } = this.#plan;
    const place = foreign !== null && this.#random.chance(ODD_SHARE) ? foreign : conversation;
    this.#outbox.put(place, this.#newMessages(place));
  }

  /** Mostly one; sometimes several in one breath, which the server may store in one statement. */
  #newMessages(conversation: string): Outgoing[] {
    const length = this.#random.chance(BURST_SHARE) ? this.#random.whole(2, 4) : 1;
    return Array.from({ length }, () => {
      this.#count += 1;
      const content = `${this.#plan.name} says ${this.#count}`.padEnd(this.#plan.contentLength, ".");
      return { conversation, id: this.#newId(), content };
    });
  }

  #read(conversation: string): void {
    const seq = this.#windows.lastShown(conversation);
    if (seq > 0) this.#connection.send({ type: "read_marker.move", conversation_id: conversation, seq });
  }

  /** A UUIDv7 out of the run's own chance. */
  #newId(): string {
    const time = Date.now().toString(16).padStart(12, "0");
    const digits = (count: number) =>
      Array.from({ length: count }, () => this.#random.whole(0, 15).toString(16)).join("");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
  }

  /** Asks for a conversation until the answer is as new as what events have told of it. */
  async #askFor(conversation: string): Promise<void> {
    for (const end = now() + CONVERGE_MS; this.#connection.isWanted && now() < end; await delay(POLL_MS)) {
      const url = `${this.#url}/api/v1/conversations/${conversation}`;
      const answer = await request(url, this.#plan.cookie).catch(() => null);
      if (answer?.status === 200 && this.#overview.take(answer.body.conversation)) return;
    }
  }

  /** One after the other: nobody reads two conversations at a time. */
  #get(path: string): Promise<unknown> {
    const answer = this.#reading.then(async () => {
      const { status, body } = await request(this.#url + path, this.#plan.cookie);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      return body;
    });
    this.#reading = answer.catch(() => undefined);
    return answer;
  }
}

const otherWords = (message: Outgoing): Outgoing => ({ ...message, content: `not ${message.content}` });
