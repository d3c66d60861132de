import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand } from "../../../test/test-conversation.ts";

let server: TestServer;
let ada: TestClient;
let ben: TestClient;
let general: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  ben = await newUser(server.url, "Ben");
  general = (await generalOf(ada)).id;
});
afterAll(() => server.stop());

/** A connection whose owner stops reading after the first frame; reading again shows how far it got. */
async function newStoppedReader(client: TestClient) {
  const headers = { cookie: client.cookie ?? "", origin: server.url };
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers });
  const reader = { socket, frames: 0, closeCode: 0 };
  socket.on("close", (code) => (reader.closeCode = code));
  await new Promise<void>((resolve) => socket.once("message", () => resolve()));
  socket.pause();
  socket.on("message", () => (reader.frames += 1));
  return reader;
}

describe("a reader that never reads", () => {
  it("is closed when too much waits for it, and slows nobody meanwhile", async () => {
    const stopped = await newStoppedReader(ben);
    const [adas, bens] = [await ada.connect(), await ben.connect()];
    const content = "x".repeat(15_900);
    const waits: number[] = [];
    const count = 700;
    for (let n = 0; n < count; n += 1) {
      const command = messageCommand(general, content);
      const at = performance.now();
      adas.send(command);
      // In small groups, so that the others' own sockets never hold much.
      if (n % 10 !== 9) continue;
      await bens.next("message.created", (event) => event.message.id === command.id);
      waits.push(performance.now() - at);
    }
    expect(bens.all("message.created").map((event) => event.message.seq)).toEqual(
      Array.from({ length: count }, (_, n) => n + 1),
    );
    expect(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]).toBeLessThan(250);
    expect(bens.closeCode).toBeNull();
    expect(adas.closeCode).toBeNull();

    const closed = new Promise((resolve) => stopped.socket.once("close", resolve));
    stopped.socket.resume();
    await closed;
    expect(stopped.closeCode).toBe(4408);
    expect(stopped.frames).toBeGreaterThan(10);
    expect(stopped.frames).toBeLessThan(count);

    // It comes back and knows everything again.
    const back = await ben.connect();
    expect((await back.next("ready")).conversations[0]?.last_seq).toBe(
      (await expectGapFree(server.db, general)).length,
    );
    for (const socket of [adas, bens, back]) socket.close();
  });
});
