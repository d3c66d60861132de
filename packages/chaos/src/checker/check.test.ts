import { expect, it } from "vitest";
import type { HistoryRecord } from "../history/records.ts";
import { check } from "./check.ts";
import { ADA, BEN, goodHistory, LAUNCH } from "./good-history.ts";

it("has nothing to say about a good history", () => {
  const { records, dump } = goodHistory();
  expect(check(records, dump)).toEqual([]);
});

it("has nothing to say about an empty one", () => {
  expect(check([], { conversations: [], messages: [], members: [] })).toEqual([]);
});

it("does not ask in which order the histories of several clients are given", () => {
  const { records, dump } = goodHistory();
  const byClient = records.toSorted((a, b) => b.client.localeCompare(a.client));
  expect(byClient).not.toEqual(records);
  expect(check(byClient, dump)).toEqual([]);
});

it("forgives a message without an answer, stored or not", () => {
  const { records, dump } = goodHistory();
  const send = { op: "send", client: ADA, person: ADA, conversation: LAUNCH, id: "l7", at: 900 } as const;
  records.push({ ...send, phase: "invoke", content: "content of l7", by: "socket", connection: 1 });
  records.push({ ...send, phase: "unknown", code: "connection_lost" });
  expect(check(records, dump)).toEqual([]);
});

it("forgives the order of messages that were under way at the same time", () => {
  const { records, dump } = goodHistory();
  const [one, other] = ["l3", "l4"].map((id) =>
    records.findIndex((record) => record.op === "send" && record.phase === "ok" && record.id === id),
  );
  // Both were sent before either was acknowledged.
  for (const index of [one, other]) Object.assign(records[index as number] as object, { at: 900 });
  expect(check(records, dump)).toEqual([]);
});

it("forgives a client that has lost its right for not having come to rest", () => {
  const { records, dump } = goodHistory();
  const kept = records.filter((record) => record.op !== "converged" || record.client !== BEN);
  kept.push({ op: "revoked", client: "supervisor", person: BEN, conversation: null, at: 9_000, budget_ms: 0 });
  expect(check(kept, dump)).toEqual([]);
});

it("forgives a message that was stored at the first try, without an answer, and refused at the second", () => {
  const { records, dump } = goodHistory();
  const index = records.findIndex((record) => record.op === "send" && record.phase === "ok" && record.id === "l4");
  const { at, client, person } = records[index] as HistoryRecord;
  const send = { at, client, person, op: "send", conversation: LAUNCH, id: "l4" } as const;
  records[index] = { ...send, phase: "fail", content: "content of l4", code: "conversation_not_found" };
  expect(check(records, dump)).toEqual([]);
});

it("forgives a repeat that was refused because a right was lost after the message was stored", () => {
  const { records, dump } = goodHistory();
  const send = { at: 990, client: BEN, person: BEN, op: "send", conversation: LAUNCH, id: "l6" } as const;
  records.push({ ...send, phase: "invoke", content: "content of l6", by: "http", connection: 2 });
  records.push({ ...send, phase: "fail", content: "content of l6", code: "sign_in_required" });
  expect(check(records, dump)).toEqual([]);
});
