import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator, type TestClient } from "../../../test/test-client.ts";
import {
  conversationPath,
  generalOf,
  messageCommand,
  messagesPath,
  newGroup,
  say,
} from "../../../test/test-conversation.ts";
import { openDb, sql } from "../../core/db.ts";

let server: TestServer;
let ada: TestClient;

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: "silent" });
  ada = await newAdministrator(server, "Ada");
});
afterAll(() => server.stop());

it("a conversation that an operator's transaction holds locked is busy, and nothing else waits for it", async () => {
  const held = await newGroup(ada, "Held", []);
  const general = (await generalOf(ada)).id;
  const socket = await ada.connect();
  const operator = openDb(server.config.databaseUrl ?? "");
  await operator.$transaction(async (tx) => {
    await tx.$queryRaw(sql`SELECT 1 FROM conversations WHERE id = ${held}::uuid FOR UPDATE`);
    const [refused, renamed, said, read] = await Promise.all([
      say(ada, held, "into the lock"),
      ada.send("PATCH", conversationPath(held), { name: "Renamed" }),
      say(ada, general, "past it"),
      ada.get(messagesPath(held)),
    ]);
    for (const answer of [refused, renamed]) {
      expect([answer.status, answer.body.code]).toEqual([503, "server_busy"]);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect([said.status, read.status]).toEqual([201, 200]);
    const command = messageCommand(held, "on the socket");
    socket.send(command);
    expect(await socket.next("error", (error) => error.id === command.id)).toMatchObject({ code: "server_busy" });
  });
  await operator.$disconnect();
  expect((await say(ada, held, "when it is over")).status).toBe(201);
  socket.close();
});
