import { CHANGES_BEHIND_MAX, MESSAGES_PAGE, MESSAGES_PAGE_MAX } from "@confab/shared/limits";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { shown } from "../../test/screen.ts";
import { closeConversation } from "../features/conversations/close-conversation.ts";
import { markRead } from "../features/conversations/mark-read.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { loadNewer } from "../features/messages/load-newer.ts";
import { loadOlder } from "../features/messages/load-older.ts";
import { sendMessage } from "../features/messages/send-message.ts";
import { useConnection } from "../stores/connection.store.ts";
import { useConversations } from "../stores/conversations.store.ts";
import { useMessages } from "../stores/messages.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { retryNow, startLive } from "./live.ts";
import { noteReadingPlace } from "./reading-place.ts";

const HELD = 300;
/** What somebody is reading, and the messages around it that are loaded anew. */
const PLACE = 280;
const [FROM, TO] = [PLACE - MESSAGES_PAGE, PLACE - MESSAGES_PAGE - 1 + MESSAGES_PAGE_MAX];

let server: FakeServer;
let id: string;
const windowNow = () => useMessages.getState().windows[id];
const conversation = () => useConversations.getState().conversations[id];
const words = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `word ${from + index}`);
const seqsHeld = () => windowNow()?.rows.map((row) => row.seq) ?? [];
const isLive = () => vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));

function say(from: number, to: number): void {
  for (const word of words(from, to)) server.say(id, ben, word);
}

function readAt(seq: number): void {
  noteReadingPlace(id, server.messagesOf(id)[seq - 1]?.id ?? "");
}

/** Away while this many messages are written, and back. */
async function miss(count: number): Promise<void> {
  server.isReachable = false;
  server.socket?.drop();
  say(HELD + 1, HELD + count);
  server.isReachable = true;
  retryNow();
  await isLive();
}

const isUpToDate = () =>
  vi.waitFor(() => expect(windowNow()).toMatchObject({ loading: "none", known_revision: server.present(id).revision }));

/** Holds the next answers to requests that end so back, until they are let go. */
function holdBack(ending: string): () => void {
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  server.delay = ({ path }) => (path.endsWith(ending) ? gate : undefined);
  return letGo;
}

beforeEach(async () => {
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  id = server.addConversation([ada, ben]);
  say(1, HELD);
  startLive();
  await isLive();
  await openConversation(id);
  markRead(id, HELD);
});

describe("whoever has missed a thousand changes", () => {
  it("is told all of them", async () => {
    await miss(CHANGES_BEHIND_MAX);
    await isUpToDate();
    expect(shown(id)).toEqual(words(HELD - MESSAGES_PAGE + 1, HELD + CHANGES_BEHIND_MAX));
    expect(windowNow()).toMatchObject({ reaches_newest: true, divider_after_seq: 0 });
    expect(conversation()).toMatchObject({ read_seq: HELD, unread: CHANGES_BEHIND_MAX });
  });
});

describe("whoever has missed one more", () => {
  const missed = CHANGES_BEHIND_MAX + 1;
  const last = HELD + missed;

  it("has the newest messages instead of what was held, and the line where reading ended", async () => {
    await miss(missed);
    await isUpToDate();
    expect(shown(id)).toEqual(words(last - MESSAGES_PAGE + 1, last));
    expect(windowNow()).toMatchObject({ reaches_newest: true, reaches_oldest: false, divider_after_seq: HELD });
    expect(conversation()).toMatchObject({ read_seq: HELD, unread: missed, last_seq: last });
    expect(server.requestsTo("/changes")).toHaveLength(1);
    say(last + 1, last + 1);
    expect(shown(id).at(-1)).toBe(`word ${last + 1}`);
    expect(conversation()?.unread).toBe(missed + 1);
  });

  it("stays where they were reading, with what became of it, and can go on from there to the newest", async () => {
    readAt(PLACE);
    server.loses = () => true;
    server.edit(id, PLACE, "edited meanwhile");
    await miss(missed);
    await isUpToDate();
    expect(shown(id)).toEqual([...words(FROM, PLACE - 1), "edited meanwhile", ...words(PLACE + 1, TO)]);
    expect(windowNow()).toMatchObject({ reaches_newest: false, reaches_oldest: false, newest_seq: last });
    expect(conversation()).toMatchObject({ read_seq: HELD, unread: missed });
    while (!windowNow()?.reaches_newest) await loadNewer(id);
    expect(seqsHeld()).toEqual(Array.from({ length: last - FROM + 1 }, (_, index) => FROM + index));
  });

  it("keeps nothing of what was held beyond the fresh messages: nobody knows what has become of it", async () => {
    while (!windowNow()?.reaches_oldest) await loadOlder(id);
    readAt(100);
    server.loses = () => true;
    server.edit(id, 250, "edited meanwhile");
    await miss(missed);
    await isUpToDate();
    expect(shown(id)).toEqual(words(50, 249));
    await loadNewer(id);
    expect(shown(id).slice(199, 202)).toEqual(["word 249", "edited meanwhile", "word 251"]);
  });

  it("hears so in the midst of a connection too, by a change that is no message, and knows that more follows", async () => {
    readAt(PLACE);
    server.loses = () => true;
    say(HELD + 1, last);
    server.loses = () => false;
    server.rename(id, "Plans");
    await isUpToDate();
    expect(shown(id)).toEqual(words(FROM, TO));
    expect(windowNow()?.reaches_newest).toBe(false);
    expect(conversation()).toMatchObject({ name: "Plans", unread: missed, last_seq: last });
    expect(server.requestsTo("/changes")).toHaveLength(1);
  });

  it("misses nothing that happens while the fresh messages are on their way", async () => {
    const letGo = holdBack("/messages");
    await miss(missed);
    await vi.waitFor(() => expect(server.requestsTo("/messages")).toHaveLength(2));
    // Until they are there, what was held stands, and none of the new is put after it as if nothing were between.
    say(last + 1, last + 3);
    server.edit(id, last, "edited live");
    expect(shown(id)).toEqual(words(HELD - MESSAGES_PAGE + 1, HELD));
    letGo();
    await isUpToDate();
    expect(shown(id)).toEqual([
      ...words(last - MESSAGES_PAGE + 1, last - 1),
      "edited live",
      ...words(last + 1, last + 3),
    ]);
    expect(windowNow()?.reaches_newest).toBe(true);
    expect(conversation()).toMatchObject({ unread: missed + 3, last_seq: last + 3 });
  });

  it("misses nothing either where the fresh messages are those being read", async () => {
    readAt(PLACE);
    const letGo = holdBack("/messages");
    await miss(missed);
    await vi.waitFor(() => expect(server.requestsTo("/messages")).toHaveLength(2));
    say(last + 1, last + 1);
    server.edit(id, TO, "edited live");
    letGo();
    await isUpToDate();
    expect(shown(id)).toEqual([...words(FROM, TO - 1), "edited live"]);
    expect(windowNow()).toMatchObject({ reaches_newest: false, newest_seq: last + 1 });
  });

  it("is behind by so much too when the last of it comes while the question is on its way", async () => {
    server.refuse = ({ path }) => {
      if (path.endsWith("/changes") && server.messagesOf(id).length === last - 1) say(last, last);
      return undefined;
    };
    await miss(missed - 1);
    await isUpToDate();
    expect(seqsHeld()).toEqual(Array.from({ length: MESSAGES_PAGE }, (_, index) => last - MESSAGES_PAGE + 1 + index));
  });

  it("sees what was held until the fresh messages can be had", async () => {
    let refusals = 0;
    server.refuse = ({ path }) => (path.endsWith("/messages") && refusals++ < 1 ? "database_unavailable" : undefined);
    await miss(missed);
    await vi.waitFor(() => expect(windowNow()?.failure).toMatch(/database/));
    expect(shown(id)).toEqual(words(HELD - MESSAGES_PAGE + 1, HELD));
    await vi.waitFor(() => expect(shown(id)).toEqual(words(last - MESSAGES_PAGE + 1, last)), { timeout: 4_000 });
    expect(windowNow()?.failure).toBeNull();
  });

  it("holds nothing of a conversation that nobody looks at", async () => {
    closeConversation(id);
    await miss(missed);
    await vi.waitFor(() => expect(windowNow()).toBeUndefined());
    expect(conversation()).toMatchObject({ read_seq: HELD, unread: missed });
    await openConversation(id);
    expect(shown(id)).toEqual(words(last - MESSAGES_PAGE + 1, last));
  });

  it("keeps what was not sent yet", async () => {
    server.refuse = ({ method, path }) =>
      method !== "GET" && path.endsWith("/messages") ? "database_unavailable" : undefined;
    sendMessage(id, "mine");
    await miss(missed);
    await isUpToDate();
    expect(shown(id).slice(-2)).toEqual([`word ${last}`, "mine …"]);
  });
});
