import type { Conversation } from "@confab/shared/conversations";
import type { EventOf } from "@confab/shared/events";
import { expect, it } from "vitest";
import { Overview } from "./overview.ts";

const LAUNCH = "launch";

function launch(state: { last_seq: number; read_seq: number; unread: number }): Conversation {
  return { id: LAUNCH, name: "Launch", revision: state.last_seq, ...state } as Conversation;
}

function moved(marker: { read_seq: number; last_seq: number; unread: number }): EventOf<"read_marker.moved"> {
  return { type: "read_marker.moved", conversation_id: LAUNCH, ...marker };
}

function overviewOf(snapshot: Conversation) {
  const asked: string[] = [];
  const overview = new Overview("ada", (conversation) => asked.push(conversation));
  overview.begin([snapshot]);
  const isLike = (fresh: Parameters<typeof launch>[0]) => overview.differenceTo([launch(fresh)]) === null;
  return { overview, asked, isLike };
}

it("counts what comes after a marker that was counted before it", () => {
  const { overview, asked, isLike } = overviewOf(launch({ last_seq: 100, read_seq: 20, unread: 80 }));
  const message = { conversation_id: LAUNCH, seq: 101, revision: 101, sender: { id: "ben" } };
  overview.hear({ type: "message.created", message } as EventOf<"message.created">);
  overview.hear(moved({ read_seq: 90, last_seq: 100, unread: 10 }));
  expect(isLike({ last_seq: 101, read_seq: 90, unread: 11 })).toBe(true);
  expect(asked).toEqual([]);
});

it("keeps the snapshot's count when a marker that is in it is told afterwards", () => {
  const { overview, asked, isLike } = overviewOf(launch({ last_seq: 101, read_seq: 90, unread: 11 }));
  overview.hear(moved({ read_seq: 90, last_seq: 100, unread: 10 }));
  expect(isLike({ last_seq: 101, read_seq: 90, unread: 11 })).toBe(true);
  expect(asked).toEqual([]);
});

it("asks when a marker is further than the snapshot, and was counted before it", () => {
  const { overview, asked, isLike } = overviewOf(launch({ last_seq: 101, read_seq: 20, unread: 81 }));
  overview.hear(moved({ read_seq: 90, last_seq: 100, unread: 10 }));
  expect(asked).toEqual([LAUNCH]);
  expect(overview.take(launch({ last_seq: 101, read_seq: 20, unread: 81 }))).toBe(false);
  expect(overview.take(launch({ last_seq: 101, read_seq: 90, unread: 11 }))).toBe(true);
  expect(isLike({ last_seq: 101, read_seq: 90, unread: 11 })).toBe(true);
});
