import { expect, it } from "vitest";
import type { HistoryRecord, Show } from "../history/records.ts";
import { check } from "./check.ts";
import type { Op } from "./evidence.ts";
import { ADA, BEN, CAROL, goodHistory, LAUNCH, LUNCH, type Told } from "./good-history.ts";

/** A promise broken by hand: what was done to the good history, and every invariant that has to notice. */
type Broken = readonly [what: string, noticedBy: string, breakIt: (told: Told) => void];

const storedIn = (told: Told, id: string) => find(told.dump.messages, (row) => row.id === id);
const memberIn = (told: Told, conversation: string, person: string) =>
  find(told.dump.members, (row) => row.conversation === conversation && row.person === person);
const conversationIn = (told: Told, id: string) => find(told.dump.conversations, (row) => row.id === id);

function find<Item>(items: Item[], isIt: (item: Item) => boolean): Item {
  const found = items.find(isIt);
  if (found === undefined) throw new Error("the good history has no such thing");
  return found;
}

/** Changes what was noted in some records; an empty answer removes them. There must be at least one. */
function edit(told: Told, isIt: (record: HistoryRecord) => boolean, change: object | null): void {
  if (!told.records.some(isIt)) throw new Error("the good history has no such record");
  told.records = told.records.flatMap((record) =>
    isIt(record) ? (change === null ? [] : [{ ...record, ...change } as HistoryRecord]) : [record],
  );
}

function isOp<Name extends HistoryRecord["op"]>(op: Name, facts: Partial<Op<Name>>) {
  return (record: HistoryRecord) =>
    record.op === op && Object.entries(facts).every(([key, value]) => record[key as keyof HistoryRecord] === value);
}

const isShow = (client: string, id: string) => isOp("show", { client, id });
const isAck = (id: string) => (record: HistoryRecord) =>
  record.op === "send" && record.phase === "ok" && record.id === id;
const isInvoke = (id: string) => (record: HistoryRecord) =>
  record.op === "send" && record.phase === "invoke" && record.id === id;

function swap(told: Told, one: (record: HistoryRecord) => boolean, other: (record: HistoryRecord) => boolean): void {
  const [a, b] = [told.records.findIndex(one), told.records.findIndex(other)];
  const [first, second] = [told.records[a], told.records[b]];
  if (!first || !second) throw new Error("the good history has no such records");
  told.records[a] = second;
  told.records[b] = first;
}

/** Repeats something that was noted, a little changed, at the end of that client's day or at another moment. */
function again(told: Told, isIt: (record: HistoryRecord) => boolean, change: object): void {
  const record = find(told.records, isIt);
  const before = told.records.findIndex((each) => each.op === "converged");
  told.records.splice(before, 0, { ...record, ...change } as HistoryRecord);
}

/** A message vanishes from the database as if it had never been, and those behind it move up. */
function unstore(told: Told, id: string): void {
  const lost = storedIn(told, id);
  told.dump.messages = told.dump.messages.filter((row) => row !== lost);
  for (const row of told.dump.messages) if (row.conversation === lost.conversation && row.seq > lost.seq) row.seq -= 1;
  conversationIn(told, lost.conversation).last_seq -= 1;
}

function exchangeSeqs(told: Told, one: string, other: string): void {
  const [a, b] = [storedIn(told, one), storedIn(told, other)];
  [a.seq, b.seq, a.revision, b.revision] = [b.seq, a.seq, b.revision, a.revision];
}

const BROKEN: readonly Broken[] = [
  // What is stored.
  ["the last acknowledged message is lost with the crash", "I1 I10 I4 I9", (told) => unstore(told, "l6")],
  ["an acknowledged message is lost, later ones move up", "I1 I10 I4 I9", (told) => unstore(told, "l3")],
  [
    "an acknowledged message leaves a hole",
    "I1 I10 I3 I4 I9",
    (told) => {
      told.dump.messages = told.dump.messages.filter(({ id }) => id !== "l5");
    },
  ],
  ["a message is acknowledged at another place than it is stored", "I1", (told) => edit(told, isAck("l2"), { seq: 1 })],
  ["two messages are renumbered after they were acknowledged", "I1 I10 I4", (told) => exchangeSeqs(told, "l1", "l2")],
  [
    "a message is stored as somebody else's",
    "I1 I4 I6 I9",
    (told) => Object.assign(storedIn(told, "l5"), { sender: BEN }),
  ],
  [
    "a message is stored with another content",
    "I1 I4 I6",
    (told) => Object.assign(storedIn(told, "u1"), { content: "content of somebody else" }),
  ],
  ["a retried message is stored twice", "I1 I10 I2 I9", (told) => storeTwice(told, "l4")],
  ["a retry is answered with another place", "I1 I2", (told) => again(told, isAck("l4"), { seq: 6, at: 990 })],
  ["two messages have the same place", "I1 I10 I3 I4", (told) => Object.assign(storedIn(told, "u2"), { seq: 1 })],
  ["a number is skipped", "I1 I10 I3 I4 I9", (told) => Object.assign(storedIn(told, "u3"), { seq: 4 })],
  ["last_seq is behind the messages", "I10 I3", (told) => Object.assign(conversationIn(told, LUNCH), { last_seq: 2 })],
  [
    "last_seq is ahead of the messages",
    "I10 I3",
    (told) => Object.assign(conversationIn(told, LAUNCH), { last_seq: 7 }),
  ],
  ["a revision is used twice", "I3", (told) => Object.assign(storedIn(told, "l3"), { revision: 3 })],
  ["revisions run against the numbers", "I3", (told) => Object.assign(storedIn(told, "l3"), { revision: 1 })],
  [
    "a message is newer than its conversation",
    "I3",
    (told) => Object.assign(conversationIn(told, LAUNCH), { revision: 6 }),
  ],
  ["an unread count is one too high", "I9", (told) => Object.assign(memberIn(told, LUNCH, ADA), { uncounted: 0 })],
  ["a read marker has gone back", "I9", (told) => Object.assign(memberIn(told, LUNCH, BEN), { read_seq: 0 })],
  [
    "the server tells a wrong unread count",
    "I9",
    (told) => edit(told, isOp("converged", { client: CAROL, conversation: LAUNCH }), { unread: 3 }),
  ],
  // The order.
  [
    "a message gets an earlier place than one that was acknowledged before it was sent",
    "I7",
    (told) => edit(told, isAck("l5"), { at: find(told.records, isInvoke("l4")).at - 1 }),
  ],
  [
    "somebody's message overtakes another of theirs on one connection",
    "I7",
    (told) => {
      // Said one right after the other, answered in the right order, placed in the wrong one.
      edit(told, isInvoke("u2"), { at: find(told.records, isInvoke("u1")).at - 1 });
    },
  ],
  // What is shown.
  ["a message is never shown to one reader", "I10 I5", (told) => edit(told, isShow(ADA, "l4"), null)],
  ["the last message never reaches one reader", "I10", (told) => edit(told, isShow(BEN, "l6"), null)],
  ["a message is shown twice", "I5", (told) => again(told, isShow(ADA, "u1"), {})],
  ["two messages are shown in the wrong order", "I5", (told) => swap(told, isShow(BEN, "l1"), isShow(BEN, "l2"))],
  ["a late message is put above earlier ones", "I5", (told) => moveToEnd(told, isShow(ADA, "l3"))],
  [
    "one reader sees another message at the same place",
    "I4 I6",
    (told) => edit(told, isShow(CAROL, "l2"), { id: "l9" }),
  ],
  ["one reader sees a message at another place", "I10 I4 I5", (told) => edit(told, isShow(BEN, "u2"), { seq: 3 })],
  ["one reader sees another content", "I4 I6", (told) => edit(told, isShow(BEN, "l5"), { content: "content of l4" })],
  ["one reader sees another sender", "I4 I6", (told) => edit(told, isShow(BEN, "l5"), { sender: CAROL })],
  ["a catch-up leaves out a message", "I10 I5", (told) => edit(told, isShow(BEN, "l4"), null)],
  [
    "a catch-up ends early and says it is level",
    "I5",
    (told) => {
      const level = find(told.records, isOp("synced", { client: BEN }));
      told.records = told.records.filter((record) => record !== level);
      told.records.splice(told.records.findIndex(isShow(BEN, "l5")), 0, level);
    },
  ],
  ["a catch-up repeats what was shown", "I5", (told) => repeatBefore(told, isShow(BEN, "l2"), isShow(BEN, "l3"))],
  ["a window that begins anew begins too late", "I10 I5", (told) => edit(told, isShow(CAROL, "l5"), null)],
  ["a window begins anew without saying so", "I10 I5", (told) => edit(told, isOp("window", { client: CAROL }), null)],
  [
    "a snapshot is older than an acknowledgement before it",
    "I5",
    (told) => edit(told, isOp("ready", { client: BEN, connection: 2, conversation: LAUNCH }), { seq: 4 }),
  ],
  [
    "a connection skips a change between its snapshot and its first event",
    "I5",
    (told) => again(told, isShow(ADA, "u1"), { op: "hole", connection: 1, revision: 3 }),
  ],
  // What must not be shown.
  [
    "a refused message is stored after all",
    "I3 I6 I9",
    (told) => {
      const refused = { ...storedIn(told, "l6"), id: "x1", seq: 7, revision: 8, sender: ADA, content: "content of x1" };
      told.dump.messages.push(refused);
    },
  ],
  [
    "other words under an id that is stored are refused, and shown all the same",
    "I4 I6",
    (told) => {
      const refused = { op: "send", phase: "fail", content: "other words", code: "message_id_reused" } as const;
      again(told, isInvoke("l5"), { content: "other words" });
      again(told, isInvoke("l5"), refused);
      edit(told, isShow(BEN, "l5"), { content: "other words" });
    },
  ],
  ["a refused message is shown", "I4 I6", (told) => again(told, isShow(ADA, "l4"), phantom("x1"))],
  ["a message that nobody sent is shown", "I4 I6", (told) => again(told, isShow(ADA, "l4"), phantom("l0"))],
  [
    "a message that nobody sent is stored and shown to all",
    "I6",
    (told) => edit(told, (record) => record.op === "send" && record.id === "l2", null),
  ],
  [
    "somebody removed is shown what was sent after it",
    "I8",
    (told) => again(told, isShow(BEN, "u3"), { client: CAROL, person: CAROL, at: revokedAt(told) + 20 }),
  ],
  [
    "somebody removed still gets an old message after the time allowed",
    "I5 I8",
    (told) => again(told, isShow(CAROL, "u2"), { at: revokedAt(told) + 26 }),
  ],
  [
    "somebody removed can still write after the time allowed",
    "I1 I8",
    (told) => again(told, isAck("u1"), { client: CAROL, person: CAROL, at: revokedAt(told) + 30 }),
  ],
  [
    "somebody signed out is let in again",
    "I8",
    (told) => {
      edit(told, isOp("revoked", {}), { conversation: null, at: 1_000, budget_ms: 100 });
      again(told, isOp("ready", { client: CAROL, connection: 2, conversation: LAUNCH }), { at: 1_200, connection: 3 });
    },
  ],
  // The end.
  [
    "events lead somebody to another list of conversations than a fresh snapshot",
    "I10",
    (told) => again(told, isShow(ADA, "u1"), { op: "drift", what: "name is Launch, a fresh snapshot says Landing" }),
  ],
  [
    "somebody never comes to rest",
    "I10",
    (told) => edit(told, isOp("converged", { client: ADA, conversation: LAUNCH }), null),
  ],
  [
    "somebody comes to rest too early",
    "I10",
    (told) => edit(told, isOp("converged", { client: BEN, conversation: LUNCH }), { seq: 2 }),
  ],
];

const revokedAt = (told: Told) => find(told.records, isOp("revoked", {})).at;
const phantom = (id: string): Partial<Show> => ({ id, seq: 7, content: `content of ${id}` });

function storeTwice(told: Told, id: string): void {
  told.dump.messages.push({ ...storedIn(told, id), seq: 7, revision: 8 });
  Object.assign(conversationIn(told, LAUNCH), { last_seq: 7, revision: 8 });
}

function moveToEnd(told: Told, isIt: (record: HistoryRecord) => boolean): void {
  const record = find(told.records, isIt);
  told.records = told.records.filter((each) => each !== record);
  told.records.push(record);
}

function repeatBefore(
  told: Told,
  what: (record: HistoryRecord) => boolean,
  before: (record: HistoryRecord) => boolean,
) {
  const record = find(told.records, what);
  told.records.splice(told.records.findIndex(before), 0, record);
}

it("has forty histories or more", () => {
  expect(BROKEN.length).toBeGreaterThanOrEqual(40);
});

it.each(BROKEN)("notices that %s: %s", (_, noticedBy, breakIt) => {
  const told = goodHistory();
  breakIt(told);
  const violations = check(told.records, told.dump);
  expect([...new Set(violations.map(({ invariant }) => invariant))].sort().join(" ")).toBe(noticedBy);
});
