import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startServer } from "../../../test/start-server.ts";
import { newUser } from "../../../test/test-client.ts";
import { generalOf, messageCommand } from "../../../test/test-conversation.ts";
import { TestSocket } from "../../../test/test-socket.ts";
import { ask, type Db, openDb, sql } from "../../core/db.ts";

async function isWaitingForALock(db: Db): Promise<void> {
  for (;;) {
    const waiting = await ask(
      db,
      sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
    );
    if (waiting.length > 0) return;
  }
}

describe("closing the server", () => {
  it("closes every socket with 1012 and lets nobody in any more", async () => {
    const server = await startServer();
    const [ada, ben] = [await newUser(server.url, "Ada"), await newUser(server.url, "Ben")];
    const sockets = [await ada.connect(), await ada.connect(), await ben.connect()];
    const stopping = server.stop();
    for (const socket of sockets) expect(await socket.closed()).toBe(1012);
    await stopping;
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });

  it("answers what was said before, and sends everybody off then", async () => {
    const server = await startServer();
    const ada = await newUser(server.url, "Ada");
    const general = (await generalOf(ada)).id;
    const socket = await ada.connect();
    const operator = openDb(server.config.databaseUrl ?? "");
    const command = messageCommand(general, "just before the end");
    const stopping = await operator.$transaction(async (tx) => {
      await tx.$queryRaw(sql`SELECT 1 FROM conversations WHERE id = ${general}::uuid FOR UPDATE`);
      socket.send(command);
      await isWaitingForALock(operator);
      // Boxed: a promise given back would be waited for.
      return { done: server.app.close() };
    });
    expect(await socket.closed()).toBe(1012);
    expect(socket.all("message.acked").map(({ message }) => message.id)).toEqual([command.id]);
    await stopping.done;
    await operator.$disconnect();
    await server.stop();
  });

  it("does not wait for a reader that never reads, nor for one that never answers the close", async () => {
    const server = await startServer();
    const ada = await newUser(server.url, "Ada");
    const general = (await generalOf(ada)).id;
    const stopped = await TestSocket.open(server.url, ada.cookie);
    stopped.socket.pause();
    const adas = await ada.connect();
    for (let n = 0; n < 20; n += 1) adas.send(messageCommand(general, "x".repeat(15_000)));
    await adas.until(() => adas.all("message.acked").length === 20, "every ack");
    const at = Date.now();
    await server.stop();
    expect(Date.now() - at).toBeLessThan(6_000);
    expect(await adas.closed()).toBe(1012);
    stopped.socket.terminate();
    expect(stopped.socket.readyState).not.toBe(WebSocket.OPEN);
  });
});
