import type { Conversation } from "@confab/shared/conversations";
import { describe, expect, it } from "vitest";
import { buildConversation } from "../../test/build-conversation.ts";
import { buildMessage, CONVERSATION_ID } from "../../test/build-message.ts";
import { ada, ben } from "../../test/people.ts";
import {
  advanceReadMarker,
  applyMessage,
  applyReadMarker,
  type ConversationsState,
  mergeConversation,
  replaceConversations,
  selectSortedConversations,
  selectTotalUnread,
} from "./conversations.store.ts";

const holding = (...list: Conversation[]) => replaceConversations({ conversations: {}, loaded: false, left: {} }, list);
const only = (state: ConversationsState) => state.conversations[CONVERSATION_ID];

describe("a message", () => {
  it("counts as unread once, however often it is applied", () => {
    const message = buildMessage({ seq: 11, sender: ben });
    const state = applyMessage(holding(buildConversation()), message, ada.id);
    expect(only(state)).toMatchObject({ unread: 5, last_seq: 11, revision: 11, last_message: message });
    expect(applyMessage(state, message, ada.id)).toEqual(state);
  });

  it("of one's own, or one that was read elsewhere already, does not count", () => {
    expect(
      only(applyMessage(holding(buildConversation()), buildMessage({ seq: 11, sender: ada }), ada.id))?.unread,
    ).toBe(4);
    const ahead = holding(buildConversation({ read_seq: 11, unread: 0 }));
    expect(only(applyMessage(ahead, buildMessage({ seq: 11 }), ada.id))?.unread).toBe(0);
  });

  it("that was edited changes the preview only when it is the last one", () => {
    const last = buildMessage({ seq: 10 });
    const state = holding(buildConversation({ last_message: last }));
    const edited = { ...last, content: "edited", revision: 11 };
    expect(only(applyMessage(state, edited, ada.id))).toMatchObject({ last_message: edited, unread: 4, last_seq: 10 });
    expect(only(applyMessage(state, buildMessage({ seq: 9, revision: 11 }), ada.id))?.last_message).toBe(last);
  });
});

describe("the read marker", () => {
  it("moves forward only", () => {
    const state = advanceReadMarker(holding(buildConversation()), CONVERSATION_ID, 8);
    expect(only(state)).toMatchObject({ read_seq: 8, unread: 2 });
    expect(advanceReadMarker(state, CONVERSATION_ID, 7)).toBe(state);
    expect(applyReadMarker(state, { conversation_id: CONVERSATION_ID, read_seq: 7, last_seq: 10, unread: 3 })).toBe(
      state,
    );
    expect(only(advanceReadMarker(state, CONVERSATION_ID, 99))).toMatchObject({ read_seq: 10, unread: 0 });
  });

  it("takes the server's count exactly, unless it counts what has not arrived here yet", () => {
    const marker = { conversation_id: CONVERSATION_ID, read_seq: 8, last_seq: 10, unread: 1 };
    expect(only(applyReadMarker(holding(buildConversation()), marker))).toMatchObject({ read_seq: 8, unread: 1 });
    const early = { conversation_id: CONVERSATION_ID, read_seq: 10, last_seq: 11, unread: 1 };
    const state = applyReadMarker(holding(buildConversation()), early);
    expect(only(applyMessage(state, buildMessage({ seq: 11, sender: ben }), ada.id))?.unread).toBe(1);
  });
});

describe("mergeConversation", () => {
  it("keeps the higher revision and the further read marker", () => {
    const state = holding(buildConversation({ read_seq: 10, unread: 0 }));
    expect(only(mergeConversation(state, buildConversation({ revision: 9, name: "Old" })))?.name).toBe("General");
    const newer = buildConversation({ revision: 12, last_seq: 12, name: "New", read_seq: 6, unread: 6 });
    expect(only(mergeConversation(state, newer))).toMatchObject({ name: "New", read_seq: 10, unread: 2 });
  });

  it("keeps its count when the answer was written before reading and knows of no later message", () => {
    // Of the messages after the marker one is one's own, which only the count here knows.
    const state = holding(buildConversation({ read_seq: 8, unread: 1 }));
    const renamed = buildConversation({ revision: 11, name: "New", read_seq: 6, unread: 3 });
    expect(only(mergeConversation(state, renamed))).toMatchObject({ name: "New", read_seq: 8, unread: 1 });
  });
});

describe("selectors", () => {
  const at = (id: string, hour: number, facts: Partial<Conversation> = {}) =>
    buildConversation({
      id,
      last_message: buildMessage({ seq: 1, sent_from_server: `2026-11-22T${hour}:00:00.000Z` }),
      ...facts,
    });

  it("sort by last activity and leave out what is only looked at from outside", () => {
    const state = holding(
      at("a", 10),
      at("b", 12),
      buildConversation({ id: "c" }),
      at("d", 11, { role: null, unread: 9 }),
    );
    expect(selectSortedConversations(state).map(({ id }) => id)).toEqual(["b", "a", "c"]);
    expect(selectSortedConversations(state)).toBe(selectSortedConversations({ ...state }));
    expect(selectTotalUnread(state)).toBe(12);
  });

  it("put the archived at the end, however lively they were", () => {
    const archived_at = "2026-11-22T13:00:00.000Z";
    const state = holding(at("a", 14, { archived_at }), at("b", 10), at("c", 15, { archived_at }), at("d", 11));
    expect(selectSortedConversations(state).map(({ id }) => id)).toEqual(["d", "b", "c", "a"]);
  });

  it("keep what is looked at from outside when a snapshot replaces the rest", () => {
    const state = replaceConversations(holding(at("a", 10), at("d", 11, { role: null })), [at("b", 12)]);
    expect(Object.keys(state.conversations).sort()).toEqual(["b", "d"]);
  });
});
