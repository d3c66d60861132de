import { describe, expect, it } from "vitest";
import type { MessageRow } from "../../stores/messages.store.ts";
import { itemsOf, type MessageItem } from "./message-items.ts";

const ADA = { id: "00000000-0000-7000-8000-00000000000a", username: "Ada", role: "user" } as const;
const BEN = { id: "00000000-0000-7000-8000-00000000000b", username: "Ben", role: "user" } as const;
const NOON = new Date(2026, 2, 3, 12, 0).getTime();

function row(seq: number, sender: MessageRow["sender"], minutes: number): MessageRow {
  const moment = new Date(NOON + minutes * 60_000).toISOString();
  return {
    id: `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    conversation_id: "00000000-0000-7000-8000-0000000000cc",
    seq,
    revision: seq,
    sender,
    content: `message ${seq}`,
    sent_from_client: moment,
    sent_from_server: moment,
    edited_at: null,
    deleted_at: null,
    status: "sent",
    failure: null,
  };
}

function items(rows: MessageRow[], facts: { reaches_oldest?: boolean; divider_after_seq?: number | null } = {}) {
  return itemsOf({ rows, reaches_oldest: true, divider_after_seq: null, ...facts }, ADA.id);
}

function messages(...args: Parameters<typeof items>): MessageItem[] {
  return items(...args).filter((item) => item.kind === "message");
}

describe("authors", () => {
  it("stand once above what they write within five minutes", () => {
    const heads = messages([row(1, BEN, 0), row(2, BEN, 4), row(3, BEN, 10), row(4, ADA, 11), row(5, BEN, 12)]);
    expect(heads.map((item) => item.isHead)).toEqual([true, false, true, true, true]);
  });

  it("stand again below the line of new messages", () => {
    const [first, second] = messages([row(1, BEN, 0), row(2, BEN, 1)], { divider_after_seq: 1 });
    expect([first?.isFirstNew, second?.isFirstNew, second?.isHead]).toEqual([false, true, true]);
  });
});

describe("days", () => {
  it("begin where the date changes, and at the very first message", () => {
    const days = messages([row(1, BEN, 0), row(2, BEN, 1), row(3, BEN, 24 * 60)]).map((item) => item.day !== null);
    expect(days).toEqual([true, false, true]);
  });

  it("are not known above the first message held while older ones are to come", () => {
    const all = items([row(7, BEN, 0)], { reaches_oldest: false });
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ kind: "message", day: null, isHead: true });
  });
});

describe("the line of new messages", () => {
  it("is drawn once, above the first one by somebody else", () => {
    const rows = [row(1, BEN, 0), row(2, ADA, 10), row(3, BEN, 20), row(4, BEN, 30)];
    expect(messages(rows, { divider_after_seq: 1 }).map((item) => item.isFirstNew)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("is not drawn above what has no place yet", () => {
    const unsent: MessageRow = { ...row(2, BEN, 1), seq: null, sent_from_server: null, status: "sending" };
    expect(messages([row(1, BEN, 0), unsent], { divider_after_seq: 1 }).some((item) => item.isFirstNew)).toBe(false);
  });
});

it("begins with the beginning once nothing older is left", () => {
  expect(items([]).map((item) => item.kind)).toEqual(["beginning"]);
  expect(items([], { reaches_oldest: false })).toEqual([]);
});
