import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe, ben } from "../../test/people.ts";
import { shown } from "../../test/screen.ts";
import { openConversation } from "../features/conversations/open-conversation.ts";
import { sendMessage } from "../features/messages/send-message.ts";
import { useConnection } from "../stores/connection.store.ts";
import { setSignedIn } from "../stores/session.store.ts";
import { retryNow, startLive, stopLive } from "./live.ts";
import { deleteEntriesOf } from "./outbox.ts";

let server: FakeServer;
let id: string;
const hasTrouble = () => useConnection.getState().has_trouble;
const isLive = () => vi.waitFor(() => expect(useConnection.getState().state).toBe("live"));

function refuseSends(): void {
  server.refuse = ({ method, path }) =>
    method !== "GET" && path.endsWith("/messages") ? "database_unavailable" : undefined;
}

function isWell(): void {
  server.refuse = () => undefined;
}

beforeEach(async () => {
  await deleteEntriesOf(ada.id);
  server = new FakeServer(ada);
  setSignedIn(asMe(ada));
  id = server.addConversation([ada, ben]);
  startLive();
  await isLive();
  await openConversation(id);
});

describe("a server that cannot store a message now", () => {
  it("is said to have trouble, and the message waits; asked for, it goes out at once when that is over", async () => {
    refuseSends();
    // So long a back-off that the test would end before it.
    server.retryAfter = 60;
    sendMessage(id, "kept");
    await vi.waitFor(() => expect(hasTrouble()).toBe(true));
    expect(shown(id)).toEqual(["kept …"]);
    expect(useConnection.getState().state).toBe("live");
    isWell();
    retryNow();
    await vi.waitFor(() => expect(shown(id)).toEqual(["kept"]));
    expect(hasTrouble()).toBe(false);
    expect(server.messagesOf(id)).toHaveLength(1);
  });

  it("is well again when anybody's message has been stored", async () => {
    refuseSends();
    sendMessage(id, "kept");
    await vi.waitFor(() => expect(hasTrouble()).toBe(true));
    server.say(id, ben, "stored");
    expect(hasTrouble()).toBe(false);
  });

  it("is not one that has had too many messages", async () => {
    let refusals = 0;
    server.refuse = ({ method }) => {
      if (method !== "SOCKET") return undefined;
      refusals += 1;
      return "too_many_requests";
    };
    sendMessage(id, "too fast");
    await vi.waitFor(() => expect(refusals).toBe(1));
    expect(shown(id)).toEqual(["too fast …"]);
    expect(hasTrouble()).toBe(false);
  });
});

describe("a server that cannot even say who this is", () => {
  it("is said to have trouble until it can", async () => {
    server.refuse = () => "database_unavailable";
    server.acceptsSockets = false;
    server.socket?.drop();
    await vi.waitFor(() => expect(hasTrouble()).toBe(true), { timeout: 3_000 });
    expect(useConnection.getState().state).not.toBe("live");
    isWell();
    server.acceptsSockets = true;
    retryNow();
    await isLive();
    expect(hasTrouble()).toBe(false);
  });

  it("is nobody's trouble any more who has left", async () => {
    refuseSends();
    sendMessage(id, "kept");
    await vi.waitFor(() => expect(hasTrouble()).toBe(true));
    stopLive();
    expect(hasTrouble()).toBe(false);
  });
});
