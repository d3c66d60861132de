import net from "node:net";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, say } from "../../../test/test-conversation.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/test-database.ts";
import { buildApp } from "../../app.ts";
import { readConfig } from "../../core/config.ts";
import { type Db, openDb } from "../../core/db.ts";
import { prepareWorkspace } from "../workspace/workspace.service.ts";

/** A way to the database that can be cut and mended, as by a network or a restart. */
class Wire {
  readonly #server: net.Server;
  readonly #ends = new Set<net.Socket>();
  port = 0;

  constructor(target: { host: string; port: number }) {
    this.#server = net.createServer((near) => {
      const far = net.connect(target.port, target.host);
      for (const end of [near, far]) {
        this.#ends.add(end);
        end.on("error", () => undefined);
        end.on("close", () => this.#ends.delete(end));
      }
      near.pipe(far).pipe(near);
    });
  }

  async mend(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const end of this.#ends) end.destroy();
    await closed;
  }
}

let database: TestDatabase;
let wire: Wire;
let db: Db;
let direct: Db;
let app: Awaited<ReturnType<typeof buildApp>>;
let ada: TestClient;
let general: string;
let isCut = false;

beforeAll(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  wire = new Wire({ host: url.hostname, port: Number(url.port || 5432) });
  await wire.mend();
  url.hostname = "127.0.0.1";
  url.port = String(wire.port);
  db = openDb(url.href);
  direct = openDb(database.url);
  const config = readConfig({ DATABASE_URL: url.href, RATE_LIMIT_SCALE: "10000" });
  // What is logged here is the point of the test, not a fault.
  app = await buildApp({ config, db, logger: { level: "silent" } });
  await prepareWorkspace({ db, config });
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  ada = await newUser(address, "Ada");
  general = (await generalOf(ada)).id;
});
afterAll(async () => {
  await app.close();
  await db.$disconnect();
  await direct.$disconnect();
  await wire.cut();
  await database.drop();
});
beforeEach(async () => {
  if (isCut) await wire.mend();
  isCut = false;
});

async function cut(): Promise<void> {
  isCut = true;
  await wire.cut();
}

async function mend(): Promise<void> {
  await wire.mend();
  isCut = false;
}

describe("the database away", () => {
  it("is told to a sender on the socket, which stays open; the same send works when it is back", async () => {
    const socket = await ada.connect();
    const command = messageCommand(general, "said into the silence");
    await cut();
    const asked = Date.now();
    socket.send(command);
    expect(await socket.next("error", (error) => error.id === command.id)).toMatchObject({
      code: "database_unavailable",
      message: expect.stringMatching(/try again/i),
    });
    expect(Date.now() - asked).toBeLessThan(3_000);
    await mend();
    socket.send(command);
    const { message } = await socket.next("message.acked");
    expect(message).toMatchObject({ id: command.id, content: "said into the silence" });
    expect(socket.closeCode).toBeNull();
    await expectGapFree(direct, general);
  });

  it("answers HTTP with 503, a problem and Retry-After, and works again when it is back", async () => {
    await cut();
    const id = newId();
    const refused = await say(ada, general, "hello?", id);
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ code: "database_unavailable", status: 503 });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await fetch(`${ada.url}/healthz`)).status).toBe(200);
    await mend();
    expect((await say(ada, general, "hello?", id)).status).toBe(201);
  });

  it("in the middle of a storm loses nothing that was acknowledged and doubles nothing that is sent again", async () => {
    const socket = await ada.connect();
    const before = (await expectGapFree(direct, general)).length;
    const commands = Array.from({ length: 300 }, (_, n) => messageCommand(general, `storm ${n}`));
    for (const [index, command] of commands.entries()) {
      socket.send(command);
      if (index % 10 === 0) await new Promise(setImmediate);
      if (index === 150) await cut();
    }
    const answers = () => socket.all("message.acked").length + socket.all("error").length;
    await socket.until(() => answers() === commands.length, "answer to every send");
    expect(socket.all("error").length).toBeGreaterThan(0);
    expect(new Set(socket.all("error").map((error) => error.code))).toEqual(new Set(["database_unavailable"]));
    const acked = socket.all("message.acked").map((event) => event.message);
    await mend();
    for (const command of commands) socket.send(command);
    await socket.until(() => socket.all("message.acked").length === acked.length + commands.length, "every ack");
    const stored = await expectGapFree(direct, general);
    expect(stored).toHaveLength(before + commands.length);
    for (const message of acked) expect(stored[message.seq - 1]?.id).toBe(message.id);
  });
});
