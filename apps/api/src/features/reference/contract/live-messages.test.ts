import { newId } from "@confab/shared/ids";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cast, gatherCast, LIVE_ACTORS, SIGNED_OUT_ACTORS } from "../../../../test/actors.ts";
import { sendRaw } from "../../../../test/raw-http.ts";
import { type Frame, ReferenceSocket } from "../../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../../test/start-server.ts";
import { TestClient } from "../../../../test/test-client.ts";
import { bearer } from "../../../../test/test-program.ts";
import { TestSocket } from "../../../../test/test-socket.ts";

// The reference's section "Live messages": who may open the socket and how, and its two frames.

const SAID_AT = "2026-02-03T04:05:06.789Z";

let server: TestServer;
let cast: Cast;
let opened: ReferenceSocket[] = [];

beforeAll(async () => {
  server = await startServer();
  cast = await gatherCast(server);
});
afterAll(() => server.stop());
afterEach(() => {
  for (const socket of opened) socket.close();
  opened = [];
});

const tokenOf = async (client: TestClient): Promise<string> => (await client.get("/token")).body.access_token;

async function open(options: Parameters<typeof ReferenceSocket.open>[1]): Promise<ReferenceSocket> {
  const socket = await ReferenceSocket.open(server.url, options);
  opened.push(socket);
  return socket;
}

const openAs = async (client: TestClient) => open({ headers: bearer(await tokenOf(client)) });

function idMessage(sender: TestClient, conv_id = cast.group, sender_id = sender.person.id) {
  return { message_type: "IdMessage", sender_id, conv_id, timestamp: SAID_AT };
}

function chatMessage(sender: TestClient, content: string, conversation_id = cast.group, sender_id = sender.person.id) {
  const payload = { content, display_name: "The Administrator" };
  return { message_type: "ChatMessage", payload, meta: { conversation_id, sender_id, timestamp: SAID_AT } };
}

const isError = (frame: Frame) => frame.type === "error";
const contentOf = (frame: Frame) => (frame.payload as Frame | undefined)?.content;
const stored = (content: string) => server.db.message.findMany({ where: { content } });

describe("GET /ws", () => {
  const idOf = (socket: ReferenceSocket) => (socket.frames[0]?.me as Frame | undefined)?.id;

  it.each(LIVE_ACTORS)(
    "opens with the cookie and its own Origin, with Bearer, and with a subprotocol: %s",
    async (actor) => {
      const client = cast.actors[actor];
      const token = await tokenOf(client);
      const sockets = [
        await open({ headers: { cookie: client.cookie ?? "", origin: server.url } }),
        await open({ headers: bearer(token) }),
        await open({ headers: { origin: "https://app.example.org" }, protocols: ["confab", token] }),
      ];
      expect(sockets.map(idOf)).toEqual(sockets.map(() => client.person.id));
      expect(sockets.map((socket) => socket.protocol)).toEqual(["", "", "confab"]);
    },
  );

  it("is refused with 403 to a cookie from another Origin, or from none", async () => {
    const cookie = cast.actors.member.cookie ?? "";
    for (const headers of [{ cookie }, { cookie, origin: "https://mallory.example" }] as Record<string, string>[])
      expect(await TestSocket.refusal(server.url, headers)).toBe(403);
  });

  it.each(SIGNED_OUT_ACTORS)("is refused with 401 without a credential that holds: %s", async (actor) => {
    const { cookie } = cast.actors[actor];
    const headers = { origin: server.url, ...(cookie === null ? {} : { cookie }) };
    expect(await TestSocket.refusal(server.url, headers)).toBe(401);
  });

  it("takes no token from the URL", async () => {
    const token = await tokenOf(cast.actors.member);
    const upgrade = "Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    const key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    const path = `/ws?token=${token}&access_token=${token}`;
    expect((await sendRaw(server.url, `GET ${path} HTTP/1.1\r\n${upgrade}${key}\r\n`)).status).toBe(401);
  });

  it("is where WS_URL says, which clients are told; the page's own origin by default", async () => {
    expect((await cast.actors.anonymous.get("/api/v1/workspace")).body.ws_url).toBeNull();
    const behind = await startServer({ WS_URL: "wss://sockets.example.org/ws" });
    try {
      const { body } = await new TestClient(behind.url).get("/api/v1/workspace");
      expect(body.ws_url).toBe("wss://sockets.example.org/ws");
    } finally {
      await behind.stop();
    }
  });
});

describe("IdMessage", () => {
  it("is answered with nothing, for whoever may read the conversation", async () => {
    for (const actor of ["guest", "member", "administrator"] as const) {
      const socket = await openAs(cast.actors[actor]);
      socket.send(idMessage(cast.actors[actor]));
      // The refusal of what follows it, which takes the same way: by then the first has been obeyed.
      socket.send(idMessage(cast.actors[actor], newId()));
      await socket.next(isError);
      const errors = socket.heard.filter(isError);
      expect(errors.map((frame) => frame.code)).toEqual(["conversation_not_found"]);
      expect(socket.heard.filter((frame) => frame.message_type !== undefined)).toEqual([]);
    }
  });

  it("is answered with an error in another's name, and the same one for a conversation of others as for none", async () => {
    for (const actor of ["ex-member", "other user"] as const) {
      const client = cast.actors[actor];
      const refusals: Frame[] = [];
      for (const frame of [
        idMessage(client, cast.group, cast.actors.member.person.id),
        idMessage(client, cast.group),
        idMessage(client, cast.foreign),
        idMessage(client, newId()),
      ]) {
        const socket = await openAs(client);
        socket.send(frame);
        refusals.push(await socket.next(isError));
      }
      expect(refusals.map((frame) => frame.code)).toEqual([
        "sender_refused",
        ...Array(3).fill("conversation_not_found"),
      ]);
      expect(refusals[2]).toEqual(refusals[1]);
      expect(refusals[3]).toEqual(refusals[1]);
    }
  });
});

describe("ChatMessage", () => {
  it("posts, and is relayed to the other reference-speaking members under the server's name for its sender", async () => {
    const { member, guest } = cast.actors;
    const [adas, carols] = [await openAs(member), await openAs(guest)];
    carols.send(idMessage(guest));
    adas.send(chatMessage(member, "Hello"));
    await carols.next((frame) => contentOf(frame) === "Hello" || (frame.message as Frame)?.content === "Hello");
    adas.send(chatMessage(member, "Hello again"));
    expect(await carols.next((frame) => contentOf(frame) === "Hello again")).toEqual({
      message_type: "ChatMessage",
      payload: { content: "Hello again", display_name: "Ada" },
      meta: { conversation_id: cast.group, sender_id: member.person.id, timestamp: SAID_AT },
    });
    expect(adas.heard.filter((frame) => frame.type !== "presence.changed")).toEqual([]);
    const [row] = await stored("Hello again");
    expect(row).toMatchObject({ sender_id: member.person.id, sent_from_client: new Date(SAID_AT) });
  });

  it("reaches sockets that have sent no reference frame as the native event", async () => {
    const { member, guest } = cast.actors;
    const [adas, carols] = [await openAs(member), await guest.connect()];
    adas.send(chatMessage(member, "Hello, native"));
    const { message } = await carols.next("message.created", (event) => event.message.content === "Hello, native");
    expect(message).toMatchObject({ sender: member.person, sent_from_client: SAID_AT });
    carols.close();
  });

  it("is refused in another's name and outside one's conversations, and stores nothing", async () => {
    for (const actor of ["ex-member", "other user"] as const) {
      const client = cast.actors[actor];
      for (const [frame, code] of [
        [chatMessage(client, "in her name", cast.group, cast.actors.member.person.id), "sender_refused"],
        [chatMessage(client, "let me in"), "conversation_not_found"],
        [chatMessage(client, "is there anything", newId()), "conversation_not_found"],
      ] as const) {
        const socket = await openAs(client);
        socket.send(frame);
        expect((await socket.next(isError)).code).toBe(code);
        expect(await stored(frame.payload.content)).toEqual([]);
      }
    }
    // Administrators read everything, and write where they are members.
    const socket = await openAs(cast.actors.administrator);
    socket.send(chatMessage(cast.actors.administrator, "from outside", cast.direct));
    expect((await socket.next(isError)).code).toBe("conversation_not_found");
    expect(await stored("from outside")).toEqual([]);
  });
});
