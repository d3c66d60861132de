import type { AddressInfo } from "node:net";
import type { Event } from "@confab/shared/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { encodeFrame } from "./frames.ts";

let server: WebSocketServer;
let toWrite: Buffer[] = [];

/** Whoever connects is written the ready-made frames, straight onto the network socket. */
beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (_socket, request) => request.socket.write(Buffer.concat(toWrite)));
  await new Promise((resolve) => server.once("listening", resolve));
});
afterAll(() => {
  for (const client of server.clients) client.terminate();
  return new Promise((resolve) => server.close(resolve));
});

/** What an independent implementation reads from the frames. */
async function decode(frames: Buffer[]): Promise<{ text: string; isBinary: boolean }[]> {
  toWrite = frames;
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: { text: string; isBinary: boolean }[] = [];
  await new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.on("close", (code) => reject(new Error(`closed with ${code}`)));
    client.on("message", (data, isBinary) => {
      read.push({ text: data.toString(), isBinary });
      if (read.length === frames.length) resolve();
    });
  });
  client.terminate();
  return read;
}

/** An event whose JSON has exactly this many bytes. */
function eventOf(bytes: number): Event {
  const event = (message: string): Event => ({ type: "error", id: null, code: "server_busy", message });
  const event0 = event("");
  return event("x".repeat(bytes - Buffer.byteLength(JSON.stringify(event0))));
}

describe("encodeFrame", () => {
  it.each([100, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 1_000_000])(
    "frames a payload of %i bytes so that another implementation reads the same text",
    async (bytes) => {
      const event = eventOf(bytes);
      const text = JSON.stringify(event);
      expect(Buffer.byteLength(text)).toBe(bytes);
      expect(await decode([encodeFrame(event)])).toEqual([{ text, isBinary: false }]);
    },
  );

  it("counts bytes, not characters, and joins into one buffer", async () => {
    const events: Event[] = ["\u{1F600}".repeat(31), "ü".repeat(40_000), "plain"].map((message) => ({
      type: "error",
      id: null,
      code: "server_busy",
      message,
    }));
    const read = await decode(events.map(encodeFrame));
    expect(read.map(({ text }) => JSON.parse(text))).toEqual(events);
  });
});
