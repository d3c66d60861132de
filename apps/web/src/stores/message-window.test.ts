import type { Message } from "@confab/shared/messages";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildMessage, CONVERSATION_ID } from "../../test/build-message.ts";
import { ada } from "../../test/people.ts";
import type { MessageRow, MessageWindow } from "./message-window.ts";
import {
  applyPage,
  beginLoad,
  closeWindow,
  type MessagesState,
  openWindow,
  putUnsentRow,
  upsertMessages,
} from "./messages.store.ts";

const page = (messages: Message[], reaches_oldest = true, reaches_newest = true) => ({
  messages,
  reaches_oldest,
  reaches_newest,
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => buildMessage({ seq: from + index }));
const windowOf = (state: MessagesState): MessageWindow => {
  const window = state.windows[CONVERSATION_ID];
  if (window === undefined) throw new Error("there is no window");
  return window;
};
const seqsOf = (state: MessagesState) => windowOf(state).rows.map((row) => row.seq);

/** A window holding a page that ends with the newest message. */
function holding(messages: Message[], reachesOldest = true): MessagesState {
  const begun = beginLoad(openWindow({ windows: {} }, CONVERSATION_ID), CONVERSATION_ID, "opening");
  const knownRevision = Math.max(0, ...messages.map((message) => message.revision));
  const load = { id: windowOf(begun).load_id, kind: "newest" as const, knownRevision };
  return applyPage(begun, CONVERSATION_ID, load, page(messages, reachesOldest));
}

function unsent(message: Message): MessageRow {
  return { ...message, seq: null, revision: 0, sent_from_server: null, status: "sending", failure: null };
}

function isContiguous(window: MessageWindow): boolean {
  const seqs = window.rows.flatMap((row) => (row.seq === null ? [] : [row.seq]));
  return seqs.every((seq, index) => index === 0 || seq === (seqs[index - 1] ?? 0) + 1);
}

describe("upsertMessages", () => {
  it("ends in the same window however messages arrive: in any order, split anyhow, any number of times", () => {
    const held = range(1, 5);
    const coming = range(6, 14);
    // Every message in two states, as created and as edited later.
    const states = [...held, ...coming].flatMap((message, index) => [
      message,
      { ...message, content: `${message.content}, edited`, revision: 15 + index },
    ]);
    const mine = coming.filter((_, index) => index % 3 === 0).map((message) => ({ ...message, sender: ada }));
    const begin = () => mine.reduce((state, message) => putUnsentRow(state, unsent(message)), holding(held));
    const expected = windowOf(upsertMessages(begin(), CONVERSATION_ID, states));
    expect(expected.rows.map((row) => [row.seq, row.revision])).toEqual(
      Array.from({ length: 14 }, (_, i) => [i + 1, 15 + i]),
    );

    const deliveries = fc
      .tuple(
        fc.shuffledSubarray(states, { minLength: states.length }),
        fc.array(fc.constantFrom(...states), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 48, maxLength: 48 }),
      )
      .chain(([all, repeats, sizes]) =>
        fc
          .shuffledSubarray([...all, ...repeats], { minLength: all.length + repeats.length })
          .map((order) => ({ order, sizes })),
      );
    fc.assert(
      fc.property(deliveries, ({ order, sizes }) => {
        let state = begin();
        let rest = order;
        for (const size of sizes) {
          state = upsertMessages(state, CONVERSATION_ID, rest.slice(0, size));
          rest = rest.slice(size);
          expect(isContiguous(windowOf(state))).toBe(true);
        }
        state = upsertMessages(state, CONVERSATION_ID, rest);
        expect(windowOf(state)).toEqual(expected);
      }),
    );
  });

  it("commutes with the pages of a load that is under way", () => {
    const all = range(1, 9);
    const edited = all.map((message, index) => ({ ...message, content: "edited", revision: 10 + index }));
    const created = buildMessage({ seq: 10, revision: 30 });
    const events = [...edited, created];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(events, { minLength: events.length }),
        fc.nat(events.length),
        fc.nat(events.length),
        (order, a, b) => {
          const [first, second] = a < b ? [a, b] : [b, a];
          let state = beginLoad(openWindow({ windows: {} }, CONVERSATION_ID), CONVERSATION_ID, "opening");
          state = upsertMessages(state, CONVERSATION_ID, order.slice(0, first));
          const opening = { id: windowOf(state).load_id, kind: "newest" as const, knownRevision: 9 };
          state = applyPage(state, CONVERSATION_ID, opening, page(all.slice(5), false));
          // Edits of what is not held are rightly dropped while nothing is being loaded; those before this load show in its page.
          const seen = new Map(all.map((message) => [message.id, message]));
          for (const message of order.slice(0, first)) seen.set(message.id, message);
          state = beginLoad(state, CONVERSATION_ID, "older");
          const older = { id: windowOf(state).load_id, kind: "older" as const, knownRevision: 9 };
          state = upsertMessages(state, CONVERSATION_ID, order.slice(first, second));
          state = applyPage(
            state,
            CONVERSATION_ID,
            older,
            page([...seen.values()].filter((message) => message.seq < 6)),
          );
          state = upsertMessages(state, CONVERSATION_ID, order.slice(second));
          expect(windowOf(state).rows.map((row) => row.revision)).toEqual(events.map((message) => message.revision));
          expect(windowOf(state)).toMatchObject({ reaches_oldest: true, reaches_newest: true, aside: [] });
        },
      ),
    );
  });

  it("holds a message beyond a gap back, and says that the window does not reach the newest", () => {
    const [six, seven] = range(6, 7) as [Message, Message];
    const gapped = upsertMessages(holding(range(1, 5)), CONVERSATION_ID, [seven]);
    expect(seqsOf(gapped)).toEqual([1, 2, 3, 4, 5]);
    expect(windowOf(gapped).reaches_newest).toBe(false);
    const closed = upsertMessages(gapped, CONVERSATION_ID, [six]);
    expect(seqsOf(closed)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(windowOf(closed).reaches_newest).toBe(true);
  });

  it("keeps the sender's row on the screen while its answer waits for the message before it", () => {
    const [six, seven] = range(6, 7) as [Message, Message];
    let state = putUnsentRow(holding(range(1, 5)), unsent(seven));
    state = upsertMessages(state, CONVERSATION_ID, [seven]);
    expect(windowOf(state).rows.at(-1)).toMatchObject({ id: seven.id, status: "sending" });
    state = upsertMessages(state, CONVERSATION_ID, [six]);
    expect(windowOf(state).rows.map((row) => row.status)).toEqual(Array(7).fill("sent"));
  });

  it("leaves the state untouched by what it knows already", () => {
    const messages = range(1, 5);
    const state = holding(messages);
    expect(upsertMessages(state, CONVERSATION_ID, messages)).toBe(state);
  });

  it("never lets an unsent row stand beside its answer, whichever comes first", () => {
    const message = buildMessage({ seq: 6 });
    const answered = upsertMessages(holding(range(1, 5)), CONVERSATION_ID, [message]);
    expect(windowOf(putUnsentRow(answered, unsent(message))).rows).toHaveLength(6);
  });

  it("shows unsent rows after all others, in order of their ids", () => {
    const [second, first] = [buildMessage({ seq: 7, id: "b" }), buildMessage({ seq: 6, id: "a" })];
    let state = putUnsentRow(putUnsentRow(holding(range(1, 2)), unsent(second)), unsent(first));
    state = upsertMessages(state, CONVERSATION_ID, [buildMessage({ seq: 3 })]);
    expect(
      windowOf(state)
        .rows.slice(2)
        .map((row) => row.seq ?? row.id),
    ).toEqual([3, "a", "b"]);
  });
});

describe("applyPage", () => {
  it("ignores the answer to a load that was superseded", () => {
    const begun = beginLoad(holding(range(11, 15), false), CONVERSATION_ID, "older");
    const late = { id: windowOf(begun).load_id, kind: "older" as const, knownRevision: 0 };
    const superseded = beginLoad(begun, CONVERSATION_ID, "opening");
    expect(applyPage(superseded, CONVERSATION_ID, late, page(range(1, 10)))).toBe(superseded);
  });

  it("never joins an older page that does not touch the rows", () => {
    const begun = beginLoad(holding(range(11, 15), false), CONVERSATION_ID, "older");
    const load = { id: windowOf(begun).load_id, kind: "older" as const, knownRevision: 0 };
    const applied = applyPage(begun, CONVERSATION_ID, load, page(range(1, 8)));
    expect(seqsOf(applied)).toEqual([11, 12, 13, 14, 15]);
    expect(windowOf(applied).reaches_oldest).toBe(false);
  });
});

describe("closeWindow", () => {
  it("keeps the newest 200 rows and says that older ones exist", () => {
    const closed = closeWindow(holding(range(1, 300)), CONVERSATION_ID);
    expect(seqsOf(closed)).toEqual(Array.from({ length: 200 }, (_, index) => 101 + index));
    expect(windowOf(closed)).toMatchObject({ reaches_oldest: false, reaches_newest: true });
  });

  it("does not let a conversation nobody looks at grow without bound", () => {
    let state = closeWindow(holding(range(1, 5)), CONVERSATION_ID);
    for (const message of range(6, 1_000)) state = upsertMessages(state, CONVERSATION_ID, [message]);
    expect(windowOf(state).rows.length).toBeLessThanOrEqual(400);
    expect(windowOf(state).rows.at(-1)?.seq).toBe(1_000);
  });

  it("throws away what does not reach the newest, but never what was not sent", () => {
    const gapped = upsertMessages(holding(range(1, 5)), CONVERSATION_ID, [buildMessage({ seq: 9 })]);
    expect(closeWindow(gapped, CONVERSATION_ID).windows).toEqual({});
    const writing = putUnsentRow(gapped, unsent(buildMessage({ seq: 10 })));
    expect(windowOf(closeWindow(writing, CONVERSATION_ID)).rows.map((row) => row.status)).toEqual(["sending"]);
  });
});
