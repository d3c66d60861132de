import type { Dump, HistoryRecord, Send, StoredMessage } from "../history/records.ts";

export type Op<Name extends HistoryRecord["op"]> = Extract<HistoryRecord, { op: Name }>;
export type Invocation = Extract<Send, { phase: "invoke" }>;
export type Acknowledgement = Extract<Send, { phase: "ok" }>;
export type Refusal = Extract<Send, { phase: "fail" }>;

/** One promise that was not kept, and by what it is seen. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

/** Histories and database, laid out for the questions that the invariants ask. */
export interface Evidence {
  readonly records: readonly HistoryRecord[];
  readonly dump: Dump;
  readonly invocations: readonly Invocation[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** Those that prove something: of messages that no other try can have stored. */
  readonly refusals: readonly Refusal[];
  /** By conversation and message id. */
  readonly invocationsOf: ReadonlyMap<string, readonly Invocation[]>;
  readonly storedById: ReadonlyMap<string, StoredMessage>;
  /** By conversation and seq. */
  readonly storedBySeq: ReadonlyMap<string, StoredMessage>;
  /** What each client has noted of each conversation, in its own order. */
  readonly windows: readonly WindowHistory[];
}

export interface WindowHistory {
  readonly client: string;
  readonly person: string;
  readonly conversation: string;
  readonly records: readonly HistoryRecord[];
}

export const keyOf = (conversation: string, what: string | number) => `${conversation} ${what}`;

/** `records` of one client are in their own order; those of several clients may stand one after the other. */
export function gather(records: readonly HistoryRecord[], dump: Dump): Evidence {
  const sends = of(records, "send");
  // One try may have been stored, known or not, and a later one refused because a right was lost in between.
  const stored = new Set(sends.filter(({ phase }) => phase === "ok").map((send) => keyOf(send.conversation, send.id)));
  const inDoubt = new Set(
    sends.filter(({ phase }) => phase === "unknown").map((send) => keyOf(send.conversation, send.id)),
  );
  const invocations = sends.filter((send): send is Invocation => send.phase === "invoke");
  const invocationsOf = Map.groupBy(invocations, (send) => keyOf(send.conversation, send.id));
  return {
    records,
    dump,
    invocations,
    acknowledgements: sends.filter((send): send is Acknowledgement => send.phase === "ok"),
    refusals: sends.filter((send): send is Refusal => {
      const key = keyOf(send.conversation, send.id);
      return (
        send.phase === "fail" && !inDoubt.has(key) && !(stored.has(key) && isFirstContent(send, invocationsOf.get(key)))
      );
    }),
    invocationsOf,
    storedById: new Map(dump.messages.map((message) => [keyOf(message.conversation, message.id), message])),
    storedBySeq: new Map(dump.messages.map((message) => [keyOf(message.conversation, message.seq), message])),
    windows: windowsIn(records),
  };
}

/** A message that is acknowledged has the content it was first sent with. */
const isFirstContent = (refusal: Refusal, tries: readonly Invocation[] = []) => tries[0]?.content === refusal.content;

export function of<Name extends HistoryRecord["op"]>(records: readonly HistoryRecord[], op: Name): Op<Name>[] {
  return records.filter((record): record is Op<Name> => record.op === op);
}

function windowsIn(records: readonly HistoryRecord[]): WindowHistory[] {
  const groups = new Map<string, { client: string; person: string; conversation: string; records: HistoryRecord[] }>();
  for (const record of records) {
    if (!("conversation" in record) || record.conversation === null || record.op === "revoked") continue;
    const { client, person, conversation } = record;
    const key = `${client} ${conversation}`;
    const group = groups.get(key) ?? { client, person, conversation, records: [] };
    groups.set(key, group);
    group.records.push(record);
  }
  return [...groups.values()];
}
