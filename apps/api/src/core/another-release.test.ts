import { expect, it } from "vitest";
import { startServer } from "../../test/start-server.ts";
import { newUser } from "../../test/test-client.ts";

const ASKED = 60;

it("another release that changes a column under a running server costs a 503 for each connection at most", async () => {
  const server = await startServer();
  try {
    const ada = await newUser(server.url, "Ada");
    const ask = async () => (await ada.get("/api/v1/me")).status;
    // So often that what is asked for a session is prepared by then.
    for (let n = 0; n < ASKED; n += 1) expect(await ask()).toBe(200);
    await server.db.$executeRawUnsafe("ALTER TABLE users ALTER COLUMN email TYPE varchar(400)");
    const answers: number[] = [];
    for (let n = 0; n < ASKED; n += 1) answers.push(await ask());
    expect(new Set(answers)).toEqual(new Set([200, 503]));
    expect(answers.slice(10)).toEqual(Array.from({ length: ASKED - 10 }, () => 200));
  } finally {
    await server.stop();
  }
}, 30_000);
