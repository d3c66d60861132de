import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newAdministrator, newUser, type TestClient } from "../../../test/test-client.ts";
import { conversationPath, expectGapFree, messageCommand, newGroup, say } from "../../../test/test-conversation.ts";
import type { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let carol: TestClient;

beforeAll(async () => {
  server = await startServer();
  ada = await newAdministrator(server, "Ada");
  ben = await newUser(server.url, "Ben");
  carol = await newUser(server.url, "Carol");
});
afterAll(() => server.stop());

/** What a socket was given of a group after a revision: nothing, if the person was not in it any more. */
function givenAfter(socket: TestSocket, id: string, revision: number): number[] {
  return socket
    .all("message.created")
    .filter(({ message }) => message.conversation_id === id && message.revision > revision)
    .map(({ message }) => message.revision);
}

describe("who is taken out of a group", () => {
  it.each([
    ["is removed", (id: string) => ada.send("DELETE", conversationPath(id, `/members/${carol.person.id}`))],
    ["leaves", (id: string) => carol.post(conversationPath(id, "/leave"), {})],
  ])("and %s hears so within a second, and nothing stored after it, while others go on writing", async (_, act) => {
    const id = await newGroup(ada, freshName("Busy"), [ben, carol]);
    const [removed, seen, writing] = [await carol.connect(), await ada.connect(), await ben.connect()];
    let isWriting = true;
    let leftAt = 0;
    removed.socket.on("message", (data) => {
      if (data.toString().includes("conversation.left")) leftAt = performance.now();
    });
    const writers = [
      ...Array.from({ length: 4 }, async () => {
        while (isWriting) await say(ada, id, "over HTTP");
      }),
      (async () => {
        for (let acked = 0; isWriting; acked += 1) {
          writing.send(messageCommand(id, "over the socket"));
          await writing.until(() => writing.all("message.acked").length > acked, "message.acked");
        }
      })(),
    ];
    // Everybody is being told of messages before it happens.
    await removed.until(() => removed.all("message.created").length > 10, "messages");
    expect((await act(id)).status).toBe(204);
    const answeredAt = performance.now();
    await removed.next("conversation.left", (event) => event.conversation_id === id);
    expect(leftAt - answeredAt).toBeLessThan(1_000);
    const { revision, member_version } = await seen.next("member.removed");
    expect((await say(carol, id, "still here?")).status).toBe(404);
    // There is enough that could be told by mistake.
    await seen.until(() => givenAfter(seen, id, revision).length > 50, "messages after the removal");
    isWriting = false;
    await Promise.all(writers);
    await removed.settled();
    expect(givenAfter(removed, id, revision)).toEqual([]);
    // Everything before it was delivered, and nothing came behind the last word.
    expect(removed.events.findLastIndex((event) => event.type === "message.created")).toBeLessThan(
      removed.events.findIndex((event) => event.type === "conversation.left"),
    );
    const group = await server.db.conversation.findUniqueOrThrow({ where: { id } });
    expect(group.member_version).toBe(member_version);
    await expectGapFree(server.db, id);
    for (const socket of [removed, seen, writing]) socket.close();
  });

  it("cannot be seen typing there, nor see who does", async () => {
    const id = await newGroup(ada, freshName("Quiet"), [ben, carol]);
    const [removed, seen] = [await carol.connect(), await ben.connect()];
    removed.send({ type: "typing.start", conversation_id: id });
    await seen.next("typing.started");
    await ada.send("DELETE", conversationPath(id, `/members/${carol.person.id}`));
    removed.send({ type: "typing.start", conversation_id: id });
    expect(await removed.next("error")).toMatchObject({ code: "conversation_not_found" });
    seen.send({ type: "typing.start", conversation_id: id });
    await seen.settled();
    await removed.settled();
    expect(removed.all("typing.started")).toEqual([]);
    expect(seen.all("typing.started")).toHaveLength(1);
  });
});
