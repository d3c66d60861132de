import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { shown } from "../../test/screen.ts";
import { sendMessage } from "../features/messages/send-message.ts";
import { useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { setDraft, useDrafts } from "../stores/drafts.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { retryNow, startLive } from "./live.ts";
import { countEntries, deleteEntriesOf } from "./outbox.ts";

let server: FakeServer;
let left: string;
let kept: string;
const isLive = () => vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));

/** The server has refused a message in each of two groups, and in each another is begun. */
beforeEach(async () => {
  await deleteEntriesOf(ada.id);
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  [left, kept] = [server.addConversation([ada, ben]), server.addConversation([ada, ben])];
  startLive();
  await isLive();
  server.refuse = ({ path }) => (path.endsWith("/messages") ? "message_id_reused" : undefined);
  for (const id of [left, kept]) {
    setDraft(id, "half a thought");
    sendMessage(id, "refused");
  }
  await vi.waitFor(() => expect([shown(left), shown(kept)]).toEqual([["refused !"], ["refused !"]]));
  expect(countEntries(ada.id)).toBe(2);
});

function takeOut(): void {
  const stored = server.conversations.get(left);
  if (stored !== undefined) stored.members = [ben];
}

function expectOnlyKept(): void {
  expect(useDrafts.getState().drafts).toEqual({ [kept]: "half a thought" });
  expect(countEntries(ada.id)).toBe(1);
  expect([shown(left), shown(kept)]).toEqual([[], ["refused !"]]);
  expect(Object.keys(useConversations.getState().conversations)).toEqual([kept]);
}

describe("what was unsent in a group one is taken out of", () => {
  it("goes with the group, and nothing else does", () => {
    takeOut();
    server.publish({ type: "conversation.left", conversation_id: left, member_version: 3 });
    expectOnlyKept();
  });

  it("goes at the next connection when it happened while there was none", async () => {
    server.isReachable = false;
    server.socket?.drop(1006);
    takeOut();
    server.isReachable = true;
    retryNow();
    await isLive();
    await vi.waitFor(expectOnlyKept);
  });

  it("does not come back as a failure when the server refuses what was on its way", async () => {
    const { socket } = server;
    const sent = new Map<string, string>();
    if (socket !== undefined) socket.onCommand = (text) => noteSent(sent, text);
    sendMessage(left, "on its way");
    await vi.waitFor(() => expect([...sent.keys()]).toEqual(["on its way"]));
    takeOut();
    server.publish({ type: "conversation.left", conversation_id: left, member_version: 3 });
    const id = sent.get("on its way") ?? "";
    socket?.deliver({ type: "error", id, code: "conversation_not_found", message: "There is no such conversation." });
    // When this one, begun later, has been through the same stations, the refusal has too.
    sendMessage(kept, "after it");
    await vi.waitFor(() => expect([...sent.keys()]).toContain("after it"));
    expect([shown(left), shown(kept)]).toEqual([[], ["refused !", "after it …"]]);
    expect(countEntries(ada.id)).toBe(2);
  });
});

function noteSent(sent: Map<string, string>, text: string): void {
  const command = JSON.parse(text) as { type: string; id: string; content: string };
  if (command.type === "message.create") sent.set(command.content, command.id);
}
