import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "@confab/shared/ids";
import { afterEach, describe, expect, it } from "vitest";
import { startNodeProcess } from "../../../test/nodes.ts";
import { clusterDir, giveEachTestItsOwnPostgres, place, query, start } from "../../../test/own-postgres.ts";
import { HAS_SMALL_DISK, SmallDisk } from "../../../test/small-disk.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import { expectGapFree, generalOf, messageCommand, messagesPath, say } from "../../../test/test-conversation.ts";
import { type Db, openDb } from "../../core/db.ts";
import { isStorageFull } from "../../core/errors.ts";

giveEachTestItsOwnPostgres();

let disk: SmallDisk | undefined;
let node: Awaited<ReturnType<typeof startNodeProcess>> | undefined;
afterEach(async () => {
  await node?.end("SIGKILL");
  await disk?.remove();
});

/** A database whose tables lie on a small disk, and whose log does not. */
async function startOnSmallDisk(): Promise<string> {
  disk = await SmallDisk.make(48);
  const { url } = await start();
  const owner = await stat(clusterDir());
  const folder = join(disk.folder, "space");
  await mkdir(folder);
  await chown(folder, owner.uid, owner.gid);
  const { adminPassword } = JSON.parse(await readFile(join(place.dataDir, "postgres", "access.json"), "utf8"));
  const admin = new URL(url);
  admin.username = "postgres";
  admin.password = adminPassword;
  admin.pathname = "postgres";
  await query(admin.href, `CREATE TABLESPACE small LOCATION '${folder}'`);
  await query(admin.href, "ALTER DATABASE confab SET TABLESPACE small");
  return url;
}

/** Nothing in it can be compressed: it takes a page or two of its own. */
const content = () => randomBytes(6_000).toString("hex");

async function untilFull(client: TestClient, conversation: string): Promise<{ id: string; content: string }> {
  for (let n = 0; n < 500; n += 1) {
    const message = { id: newId(), content: content() };
    const answer = await say(client, conversation, message.content, message.id);
    if (answer.status === 201) continue;
    expect([answer.status, answer.body.code]).toEqual([503, "storage_full"]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.body.message).toMatch(/no room/);
    return message;
  }
  throw new Error("the disk was never full");
}

/** Leaves no room for another version of a session's row: one by one, for a refused crowd would leave dead rows to reuse. */
async function fillSessions(db: Db, user_id: string): Promise<void> {
  for (let isFull = false; !isFull; ) {
    const session = { id: newId(), user_id, device: "a program", address: "127.0.0.1", expires_at: new Date() };
    await db.session.create({ data: session }).catch((error: unknown) => {
      if (!isStorageFull(error)) throw error;
      isFull = true;
    });
  }
}

describe.runIf(HAS_SMALL_DISK)("a disk of the database that is full", () => {
  it("is told to who writes; reading goes on; and writing, when there is room again", async () => {
    const url = await startOnSmallDisk();
    node = await startNodeProcess({ DATABASE_URL: url, LOG_LEVEL: "silent" });
    const [ada, ben] = [await newUser(node.url, "Ada"), await newUser(node.url, "Ben")];
    const general = (await generalOf(ada)).id;
    const socket = await ada.connect();
    const first = await say(ada, general, "before");
    const db = openDb(url);
    // A session that was not used for a while is noted as used by whatever it asks.
    await db.session.updateMany({ data: { last_used_at: new Date(Date.now() - 3_600_000) } });
    await db.$executeRaw`VACUUM sessions`;
    await disk?.fill();
    await fillSessions(db, ben.person.id);
    const refused = await untilFull(ada, general);

    for (const path of ["/api/v1/me", "/api/v1/conversations", messagesPath(general), "/readyz"])
      expect([path, (await ben.get(path)).status]).toEqual([path, 200]);
    const bens = await ben.connect();
    const command = messageCommand(general, content());
    socket.send(command);
    expect(await socket.next("error", (error) => error.id === command.id)).toMatchObject({ code: "storage_full" });

    await disk?.free();
    expect((await say(ada, general, refused.content, refused.id)).status).toBe(201);
    await bens.next("message.created", ({ message }) => message.id === refused.id);
    socket.send(command);
    await socket.next("message.acked", ({ message }) => message.id === command.id);
    expect(socket.closeCode).toBeNull();
    expect((await expectGapFree(db, general))[0]?.id).toBe(first.body.message.id);
    await db.$disconnect();
  }, 120_000);
});
