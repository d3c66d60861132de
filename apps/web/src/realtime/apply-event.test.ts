import { newId } from "@confab/shared/ids";
import { TYPING_EXPIRES_MS, TYPING_REPEAT_MS } from "@confab/shared/limits";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben, carol } from "../../test/people.ts";
import { markRead } from "../features/conversations/mark-read.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { announceTyping } from "../features/typing/announce-typing.ts";
import { useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { setDraft, useDrafts } from "../stores/drafts.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { usePresence } from "../stores/presence.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { useUsers } from "../stores/users.store.ts";
import { retryNow, startLive } from "./live.ts";

let server: FakeServer;
let id: string;
const conversation = () => useConversations.getState().conversations[id];
const typists = () => usePresence.getState().typing[id]?.map(({ user }) => user.username) ?? [];
const said = (type: string) =>
  (server.socket?.sent ?? []).filter((frame) => frame.includes(`"${type}"`)).map((frame) => JSON.parse(frame));

async function goLive(): Promise<void> {
  startLive();
  await vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  id = server.addConversation([ada, ben]);
  await goLive();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("typing", () => {
  it("is believed for a while, ends by word or by silence, and never shows oneself", async () => {
    server.publish({ type: "typing.started", conversation_id: id, user: ben });
    server.publish({ type: "typing.started", conversation_id: id, user: carol });
    server.publish({ type: "typing.started", conversation_id: id, user: ada });
    expect(typists()).toEqual(["Ben", "Carol"]);
    server.publish({ type: "typing.stopped", conversation_id: id, user_id: carol.id });
    expect(typists()).toEqual(["Ben"]);
    await vi.advanceTimersByTimeAsync(TYPING_EXPIRES_MS - 1);
    server.publish({ type: "typing.started", conversation_id: id, user: ben });
    await vi.advanceTimersByTimeAsync(TYPING_EXPIRES_MS - 1);
    expect(typists()).toEqual(["Ben"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(typists()).toEqual([]);
  });

  it("ends with the message", () => {
    server.publish({ type: "typing.started", conversation_id: id, user: ben });
    server.say(id, ben, "there");
    expect(typists()).toEqual([]);
  });

  it("is announced at most as often as needed, and taken back once", async () => {
    announceTyping(id, true);
    announceTyping(id, true);
    expect(said("typing.start")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(TYPING_REPEAT_MS);
    announceTyping(id, true);
    expect(said("typing.start")).toHaveLength(2);
    announceTyping(id, false);
    announceTyping(id, false);
    expect(said("typing.stop")).toHaveLength(1);
  });
});

describe("reading", () => {
  beforeEach(() => {
    for (let index = 0; index < 5; index += 1) server.say(id, ben, "word");
  });

  it("shows at once and tells the server once, with the furthest place", async () => {
    for (const seq of [1, 3, 5, 2]) markRead(id, seq);
    expect(conversation()).toMatchObject({ read_seq: 5, unread: 0 });
    expect(said("read_marker.move")).toEqual([]);
    await vi.advanceTimersByTimeAsync(400);
    expect(said("read_marker.move").map(({ seq }) => seq)).toEqual([5]);
    expect(server.present(id)).toMatchObject({ read_seq: 5, unread: 0 });
  });

  it("is told again after a reconnect when the server has not heard of it", async () => {
    server.isReachable = false;
    server.socket?.drop();
    markRead(id, 4);
    await vi.advanceTimersByTimeAsync(400);
    expect(server.present(id).read_seq).toBe(0);
    server.isReachable = true;
    retryNow();
    await vi.waitFor(() => expect(server.present(id).read_seq).toBe(4));
    expect(conversation()).toMatchObject({ read_seq: 4, unread: 1 });
  });

  it("is counted again by the server when a marker's count is of another moment", async () => {
    server.conversations.get(id)?.read.set(ada.id, 2);
    server.publish({ type: "read_marker.moved", conversation_id: id, read_seq: 2, last_seq: 4, unread: 2 });
    await vi.waitFor(() => expect(conversation()).toMatchObject({ read_seq: 2, unread: 3 }));
  });

  it("is counted again by the server when an answer is younger than the messages and older than the marker", async () => {
    markRead(id, 5);
    await vi.advanceTimersByTimeAsync(400);
    server.loses = () => true;
    server.say(id, ada, "from another device");
    server.say(id, ben, "and an answer");
    server.loses = () => false;
    server.publish({ type: "conversation.joined", conversation: { ...server.present(id), read_seq: 0, unread: 6 } });
    expect(conversation()).toMatchObject({ last_seq: 7, read_seq: 5 });
    await vi.waitFor(() => expect(conversation()).toMatchObject({ read_seq: 5, unread: 1 }));
  });

  it("elsewhere shows here", () => {
    server.publish({ type: "read_marker.moved", conversation_id: id, read_seq: 3, last_seq: 5, unread: 2 });
    expect(conversation()).toMatchObject({ read_seq: 3, unread: 2 });
  });
});

describe("people and conversations", () => {
  it("being added to a conversation, and leaving it, with its window", async () => {
    const other = newId();
    const before = server.present(id);
    server.addConversation([ada, carol], other);
    server.publish({ type: "conversation.joined", conversation: server.present(other) });
    expect(useConversations.getState().conversations).toHaveProperty(other);
    await openConversation(other);
    server.publish({ type: "conversation.left", conversation_id: other, member_version: 3 });
    expect(useConversations.getState().conversations).toEqual({ [id]: before });
    expect(useMessages.getState().windows).toEqual({});
  });

  it("being put in again is not undone by late word of a removal before, but by a later one and by the end of the group", () => {
    const again = { ...server.present(id), member_version: 5 };
    const late = { type: "conversation.left", conversation_id: id, member_version: 4 } as const;
    server.publish({ type: "conversation.joined", conversation: again });
    setDraft(id, "half a thought");
    server.publish(late);
    expect(conversation()).toEqual(again);
    expect(useDrafts.getState().drafts).toEqual({ [id]: "half a thought" });
    server.publish({ ...late, member_version: 5 });
    expect([conversation(), useDrafts.getState().drafts]).toEqual([undefined, {}]);
    server.publish({ type: "conversation.joined", conversation: { ...again, member_version: 6 } });
    expect(conversation()).toBeDefined();
    server.publish({ ...late, member_version: null });
    expect(conversation()).toBeUndefined();
  });

  it("late word of a membership does not bring back what was left since", () => {
    const joined = { ...server.present(id), member_version: 5 };
    for (const member_version of [5, 6, null]) {
      server.publish({ type: "conversation.left", conversation_id: id, member_version });
      server.publish({ type: "conversation.joined", conversation: joined });
      expect(conversation()).toBeUndefined();
    }
  });

  it("an event of a conversation nobody told of brings the conversation", async () => {
    server.loses = ({ type }) => type === "conversation.joined";
    const other = server.addConversation([ada, ben]);
    server.say(other, ben, "surprise");
    await vi.waitFor(() =>
      expect(useConversations.getState().conversations[other]).toMatchObject({ unread: 1, revision: 1 }),
    );
  });

  it("members come and go in order of revision", () => {
    const member = { user: carol, role: "member" as const, joined_at: "2026-11-22T10:00:00.000Z" };
    server.publish({
      type: "member.removed",
      conversation_id: id,
      revision: 2,
      member_version: 4,
      member_count: 2,
      user_id: carol.id,
    });
    expect(conversation()).toMatchObject({ member_version: 2, revision: 0 });
    server.publish({
      type: "member.added",
      conversation_id: id,
      revision: 1,
      member_version: 3,
      member_count: 3,
      member,
    });
    expect(conversation()).toMatchObject({ member_version: 4, member_count: 2, revision: 2 });
    expect(useUsers.getState().users[carol.id]).toEqual(carol);
  });

  it("who is online is said after the snapshot, and when it changes", () => {
    server.publish({ type: "presence.changed", online: [ada.id, carol.id], offline: [] });
    expect(usePresence.getState().online).toEqual({ [ada.id]: true, [carol.id]: true });
    server.publish({ type: "presence.changed", online: [ben.id], offline: [ada.id, carol.id] });
    expect(usePresence.getState().online).toEqual({ [ben.id]: true });
  });

  it("a complaint that belongs to no message is kept for the connection's details", () => {
    server.publish({ type: "error", id: null, code: "frame_malformed", message: "What?" });
    expect(useConnection.getState().last_error).toBe("What?");
  });
});
