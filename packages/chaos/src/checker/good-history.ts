import type { Dump, HistoryRecord, StoredMessage } from "../history/records.ts";

// A small history in which every promise is kept, for the tests to break by hand.

export const ADA = "ada";
export const BEN = "ben";
export const CAROL = "carol";
export const LAUNCH = "launch";
export const LUNCH = "lunch";

export interface Told {
  records: HistoryRecord[];
  dump: { -readonly [Key in keyof Dump]: { -readonly [Field in keyof Dump[Key][number]]: Dump[Key][number][Field] }[] };
}

type Unclocked<Record> = Record extends HistoryRecord ? Omit<Record, "at" | "client"> : never;

/** Tells one thing after the other, ten milliseconds apart. */
class Teller {
  readonly records: HistoryRecord[] = [];
  readonly stored: StoredMessage[] = [];
  #now = 0;

  note(record: Unclocked<HistoryRecord>): void {
    this.#now += 10;
    this.records.push({ ...record, at: this.#now, client: record.person } as HistoryRecord);
  }

  /** Sent, stored, acknowledged, and shown to those who are there. */
  say(sender: string, conversation: string, id: string, readers: string[], tries = 1): void {
    const seq = this.stored.filter((message) => message.conversation === conversation).length + 1;
    const content = `content of ${id}`;
    for (let n = 1; n <= tries; n += 1) {
      const by = n === 1 ? "socket" : "http";
      this.note({ person: sender, op: "send", phase: "invoke", conversation, id, content, by, connection: 1 });
      if (n < tries)
        this.note({ person: sender, op: "send", phase: "unknown", conversation, id, code: "connection_lost" });
    }
    this.stored.push({ conversation, id, seq, revision: seq + 1, sender, content });
    this.note({ person: sender, op: "send", phase: "ok", conversation, id, seq });
    for (const reader of readers) this.show(reader, conversation, seq);
  }

  show(person: string, conversation: string, seq: number, by: "live" | "changes" | "page" = "live"): void {
    const message = this.stored.find((each) => each.conversation === conversation && each.seq === seq);
    if (!message) throw new Error(`there is no ${conversation} ${seq}`);
    const { id, sender, content } = message;
    this.note({ person, op: "show", conversation, id, seq, sender, content, by });
  }

  connect(person: string, connection: number, conversations: string[]): void {
    this.note({ person, op: "connect", connection });
    for (const conversation of conversations) {
      const seq = this.stored.filter((message) => message.conversation === conversation).length;
      this.note({ person, op: "ready", connection, conversation, seq });
    }
  }
}

/**
 * Ada, Ben and Carol talk in two conversations. Ben is away for a while and catches up, Carol is so far behind once that
 * her window begins anew and is removed from the second conversation later; Ada has to send one message twice, and is
 * refused another.
 */
export function goodHistory(): Told {
  const teller = new Teller();
  for (const person of [ADA, BEN, CAROL]) teller.connect(person, 1, [LAUNCH, LUNCH]);
  for (const id of ["l1", "l2"]) teller.say(ADA, LAUNCH, id, [ADA, BEN, CAROL]);
  teller.note({ person: BEN, op: "lost", connection: 1, code: 1006 });
  teller.say(CAROL, LAUNCH, "l3", [ADA, CAROL]);
  teller.note({ person: CAROL, op: "lost", connection: 1, code: 1006 });
  teller.say(ADA, LAUNCH, "l4", [ADA], 2);
  teller.say(ADA, LAUNCH, "l5", [ADA]);
  teller.connect(BEN, 2, [LAUNCH, LUNCH]);
  for (const seq of [3, 4, 5]) teller.show(BEN, LAUNCH, seq, "changes");
  teller.note({ person: BEN, op: "synced", conversation: LAUNCH, seq: 5 });
  teller.connect(CAROL, 2, [LAUNCH, LUNCH]);
  teller.note({ person: CAROL, op: "window", conversation: LAUNCH, from: 5 });
  teller.show(CAROL, LAUNCH, 5, "page");
  teller.note({ person: CAROL, op: "synced", conversation: LAUNCH, seq: 5 });
  const refused = { person: ADA, op: "send", conversation: LAUNCH, id: "x1", content: "content of x1" } as const;
  teller.note({ ...refused, phase: "invoke", by: "http", connection: 1 });
  teller.note({ ...refused, phase: "fail", code: "conversation_not_found" });
  for (const id of ["u1", "u2"]) teller.say(BEN, LUNCH, id, [ADA, BEN, CAROL]);
  teller.note({ person: CAROL, op: "revoked", conversation: LUNCH, budget_ms: 25 });
  teller.note({ person: CAROL, op: "left", conversation: LUNCH });
  teller.say(ADA, LUNCH, "u3", [ADA, BEN]);
  teller.say(BEN, LAUNCH, "l6", [ADA, BEN, CAROL]);
  // Ada has read nothing, Ben everything in LUNCH, Carol four in LAUNCH.
  for (const [person, conversation, seq, unread] of [
    [ADA, LAUNCH, 6, 2],
    [ADA, LUNCH, 3, 2],
    [BEN, LAUNCH, 6, 5],
    [BEN, LUNCH, 3, 0],
    [CAROL, LAUNCH, 6, 2],
  ] as const)
    teller.note({ person, op: "converged", conversation, seq, unread });
  return {
    records: teller.records,
    dump: {
      conversations: [
        { id: LAUNCH, last_seq: 6, revision: 7 },
        { id: LUNCH, last_seq: 3, revision: 5 },
      ],
      messages: teller.stored.map((message) => ({ ...message })),
      members: [
        { conversation: LAUNCH, person: ADA, read_seq: 0, uncounted: 4 },
        { conversation: LUNCH, person: ADA, read_seq: 0, uncounted: 1 },
        { conversation: LAUNCH, person: BEN, read_seq: 0, uncounted: 1 },
        { conversation: LUNCH, person: BEN, read_seq: 3, uncounted: 0 },
        { conversation: LAUNCH, person: CAROL, read_seq: 4, uncounted: 0 },
      ],
    },
  };
}
