import { MESSAGE_MAX } from "@confab/shared/limits";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { openLivePage, openPage, type Page, shownOn } from "../../test/open-page.ts";
import { ada, ben } from "../../test/people.ts";

let server: FakeServer;
let id: string;

const contents = () => server.messagesOf(id).map((message) => message.content);
const firstRow = (page: Page) => page.useMessages.getState().windows[id]?.rows[0];

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  server = new FakeServer(ada);
  id = server.addConversation([ada, ben]);
});

describe("a refusal", () => {
  it("shows in the row with its reason, lets later messages pass, and is over after a retry with the same id", async () => {
    const page = await openLivePage(ada, id);
    server.refuse = ({ body }) => (JSON.stringify(body ?? "").includes("secret") ? "message_id_reused" : undefined);
    page.sendMessage(id, "secret");
    page.sendMessage(id, "harmless");
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["harmless", "secret !"]));
    const failed = page.useMessages.getState().windows[id]?.rows[1];
    expect(failed?.failure).toBe("A different message with this id exists already in the conversation.");
    server.refuse = () => undefined;
    page.retryMessage(id, failed?.id ?? "");
    expect(shownOn(page, id)).toEqual(["harmless", "secret …"]);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["harmless", "secret"]));
    expect(server.messagesOf(id)[1]?.id).toBe(failed?.id);
  });

  it("is still there after a reload, and is not sent again unasked", async () => {
    const before = await openLivePage(ada, id);
    server.refuse = ({ path, method }) =>
      path.endsWith("/messages") && method !== "GET" ? "conversation_not_found" : undefined;
    before.sendMessage(id, "refused");
    await vi.waitFor(() => expect(shownOn(before, id)).toEqual(["refused !"]));
    before.stopLive();
    server.refuse = () => undefined;
    const page = await openLivePage(ada, id);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["refused !"]));
    page.sendMessage(id, "fresh");
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["fresh", "refused !"]));
    expect(contents()).toEqual(["fresh"]);
  });

  it("can be given up; what is still on its way cannot", async () => {
    const page = await openLivePage(ada, id);
    server.refuse = ({ method }) => (method === "SOCKET" ? "request_invalid" : undefined);
    page.sendMessage(id, "nonsense");
    page.discardMessage(id, firstRow(page)?.id ?? "");
    expect(shownOn(page, id)).toEqual(["nonsense …"]);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["nonsense !"]));
    page.discardMessage(id, firstRow(page)?.id ?? "");
    expect(shownOn(page, id)).toEqual([]);
    expect(page.countUnsent()).toBe(0);
  });

  it("comes at once for what no server would take", async () => {
    const page = await openLivePage(ada, id);
    page.sendMessage(id, "x".repeat(MESSAGE_MAX + 1));
    expect(firstRow(page)).toMatchObject({
      status: "failed",
      failure: "This message must have at most 16000 characters.",
    });
    page.sendMessage(id, "   ");
    expect(shownOn(page, id)).toHaveLength(1);
    expect(server.socket?.sent.filter((frame) => frame.includes("message.create"))).toEqual([]);
  });
});

describe("what may pass the next time", () => {
  it.each(["too_many_requests", "server_busy", "database_unavailable", "server_error"] as const)(
    "%s is tried again",
    async (code) => {
      const page = await openLivePage(ada, id);
      let refusals = 0;
      server.refuse = ({ path, method }) =>
        path.endsWith("/messages") && method !== "GET" && refusals++ < 1 ? code : undefined;
      page.sendMessage(id, "patience");
      await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["patience"]), { timeout: 3_000 });
      expect(refusals).toBe(2);
    },
  );
});

describe("too many messages at once", () => {
  it("wait as long as the server says, show no failure, and go out in their order", async () => {
    const page = await openLivePage(ada, id);
    const triedAt: number[] = [];
    server.retryAfter = 3;
    server.refuse = ({ method }) => {
      if (method !== "SOCKET") return undefined;
      triedAt.push(performance.now());
      return triedAt.length === 2 ? "too_many_requests" : undefined;
    };
    for (const content of ["one", "two", "three"]) page.sendMessage(id, content);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["one", "two …", "three …"]));
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["one", "two", "three"]), { timeout: 6_000 });
    expect((triedAt[2] ?? 0) - (triedAt[1] ?? 0)).toBeGreaterThan(2_900);
    expect(triedAt).toHaveLength(4);
    expect(server.requestsTo("/messages").filter((request) => request.method !== "GET")).toEqual([]);
  });
});

describe("whose messages these are", () => {
  async function leaveUnsent(): Promise<void> {
    const page = await openLivePage(ada, id);
    server.isReachable = false;
    server.socket?.drop();
    page.sendMessage(id, "from Ada");
    await vi.waitFor(() => expect(page.countUnsent()).toBe(1));
    page.stopLive();
    server.isReachable = true;
  }

  it("another person at the same browser neither sees nor sends them, and the writer finds them again", async () => {
    await leaveUnsent();
    server.user = ben;
    const other = await openLivePage(ben, id);
    other.sendMessage(id, "from Ben");
    await vi.waitFor(() => expect(shownOn(other, id)).toEqual(["from Ben"]));
    expect(other.countUnsent()).toBe(0);
    other.stopLive();
    server.user = ada;
    const page = await openLivePage(ada, id);
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["from Ben", "from Ada"]));
    expect(server.messagesOf(id).map((message) => message.sender.username)).toEqual(["Ben", "Ada"]);
  });

  it("a page left behind by a change of person in another tab sends nothing in the new one's name", async () => {
    const adas = await openLivePage(ada, id);
    for (const socket of server.sockets) socket.drop();
    server.refuse = ({ path }) => (path === "/api/v1/workspace" ? "server_busy" : undefined);
    server.user = ben;
    const bens = await openPage(ben);
    adas.sendMessage(id, "from Ada");
    bens.sendMessage(id, "from Ben");
    await vi.waitFor(() => expect(contents()).toEqual(["from Ben"]));
    server.refuse = () => undefined;
    adas.retryNow();
    await vi.waitFor(() => expect(adas.useSession.getState().me?.id).toBe(ben.id));
    expect(contents()).toEqual(["from Ben"]);
  });

  it("signing out deletes them with the drafts, but only once the server has agreed", async () => {
    const page = await openLivePage(ada, id);
    server.refuse = ({ method }) => (method === "SOCKET" ? "request_invalid" : undefined);
    page.sendMessage(id, "unsent");
    page.setDraft(id, "half a thought");
    await vi.waitFor(() => expect(shownOn(page, id)).toEqual(["unsent !"]));
    server.isReachable = false;
    await expect(page.signOut()).rejects.toThrow("The server cannot be reached.");
    expect([page.countUnsent(), page.useDrafts.getState().drafts]).toEqual([1, { [id]: "half a thought" }]);
    server.isReachable = true;
    await page.signOut();
    expect(page.useSession.getState()).toEqual({ status: "signed_out", me: null });
    expect(page.useMessages.getState().windows).toEqual({});
    server.user = ada;
    const next = await openLivePage(ada, id);
    expect([next.countUnsent(), next.useDrafts.getState().drafts, shownOn(next, id)]).toEqual([0, {}, []]);
  });

  it("a session that merely ends deletes nothing", async () => {
    const page = await openLivePage(ada, id);
    server.isReachable = false;
    server.socket?.drop();
    page.sendMessage(id, "still mine");
    page.setDraft(id, "half a thought");
    server.isReachable = true;
    server.user = null;
    page.retryNow();
    await vi.waitFor(() => expect(page.useSession.getState().status).toBe("signed_out"));
    expect(page.useMessages.getState().windows).toEqual({});
    server.user = ada;
    const next = await openLivePage(ada, id);
    await vi.waitFor(() => expect(shownOn(next, id)).toEqual(["still mine"]));
    expect(next.useDrafts.getState().drafts).toEqual({ [id]: "half a thought" });
  });
});
