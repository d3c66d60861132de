import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newAdministrator } from "../../../test/test-client.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await newAdministrator(server, "Grace");
});
afterAll(() => server.stop());

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a client that has no schemas
  readonly body: any;
}

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** A client that knows the reference and nothing else: no cookie, no /api/v1, no native frame. */
class ReferenceClient {
  readonly #name: string;
  readonly #password = "a password of the reference";
  tokens: Tokens = { access_token: "", refresh_token: "" };
  userId = "";

  constructor(name: string) {
    this.#name = name;
  }

  async #call(
    method: string,
    path: string,
    body?: URLSearchParams | null,
    token = this.tokens.access_token,
  ): Promise<Answered> {
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(server.url + path, { method, headers, body: body ?? null, redirect: "manual" });
    return { status: response.status, body: response.status < 300 ? await response.json() : {} };
  }

  async start(): Promise<void> {
    const email = `${this.#name.toLowerCase()}@example.org`;
    const account = new URLSearchParams({ username: this.#name, email, password: this.#password });
    expect((await this.#call("POST", "/register", account)).status).toBe(303);
    const credentials = new URLSearchParams({ username: email, password: this.#password });
    this.tokens = (await this.#call("POST", "/token", credentials)).body;
    this.userId = (await this.check()).body.user_id;
  }

  check() {
    return this.#call("GET", "/check");
  }

  /** Keeps its first refresh token, as clients of the reference do. */
  async refresh(): Promise<void> {
    const { status, body } = await this.#call("POST", "/refresh", null, this.tokens.refresh_token);
    expect(status).toBe(200);
    this.tokens.access_token = body.access_token;
  }

  async conversations() {
    return (await this.#call("GET", `/user/${this.userId}/conversations`)).body.conversations;
  }

  async messages(id: string): Promise<{ content: string; sender_id: string; sent_from_client: string }[]> {
    return (await this.#call("GET", `/conversation/${id}/messages`)).body.messages;
  }

  async conversation(id: string) {
    return (await this.#call("GET", `/conversation/${id}`)).body.messages;
  }

  open(id: string): Promise<Chat> {
    const headers = { authorization: `Bearer ${this.tokens.access_token}` };
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, { headers });
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () => resolve(new Chat(socket, this.userId, id)));
    });
  }
}

/** One opened conversation. Frames it does not know it leaves alone. */
class Chat {
  readonly #socket: WebSocket;
  readonly #me: string;
  readonly #id: string;
  readonly seen: { payload: { content: string; display_name: string }; meta: { sender_id: string } }[] = [];

  constructor(socket: WebSocket, me: string, id: string) {
    this.#socket = socket;
    this.#me = me;
    this.#id = id;
    socket.on("message", (data) => {
      const frame = JSON.parse(data.toString());
      if (frame.message_type === "ChatMessage") this.seen.push(frame);
    });
    this.#send({ message_type: "IdMessage", sender_id: me, conv_id: id, timestamp: new Date().toISOString() });
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  say(content: string, timestamp: string): void {
    const meta = { conversation_id: this.#id, sender_id: this.#me, timestamp };
    this.#send({ message_type: "ChatMessage", payload: { content, display_name: "me" }, meta });
  }

  close(): void {
    this.#socket.close();
  }
}

/** What was a moment ago was a day ago. */
async function passDay(): Promise<void> {
  const day = "interval '1 day'";
  await server.db.$executeRawUnsafe(
    `UPDATE sessions SET created_at = created_at - ${day}, last_used_at = last_used_at - ${day}, expires_at = expires_at - ${day}`,
  );
}

describe("a client written for the reference", () => {
  it("registers, gets tokens, lists, reads, talks, refreshes and checks, and never notices the difference", async () => {
    const [ada, ben] = [new ReferenceClient("Ada"), new ReferenceClient("Ben")];
    for (const client of [ada, ben]) await client.start();

    const [general] = await ada.conversations();
    expect(general).toMatchObject({ name: "General", role: "member", user_id: ada.userId });
    expect(await ada.conversation(general.conversation_id)).toMatchObject({ id: general.id, name: "General" });
    expect(await ada.messages(general.id)).toEqual([]);

    const [adas, bens] = [await ada.open(general.id), await ben.open(general.id)];
    for (const n of [1, 2, 3]) {
      adas.say(`Hello ${n}`, `2026-02-03T05:05:0${n}+01:00`);
      await expect.poll(() => bens.seen.at(-1)?.payload).toEqual({ content: `Hello ${n}`, display_name: "Ada" });
      bens.say(`Hi ${n}`, `2026-02-03T04:05:0${n}.500Z`);
      await expect.poll(() => adas.seen.at(-1)?.payload).toEqual({ content: `Hi ${n}`, display_name: "Ben" });
    }
    expect([adas.seen.length, bens.seen.length]).toEqual([3, 3]);
    expect(bens.seen.every((frame) => frame.meta.sender_id === ada.userId)).toBe(true);

    const written = (await ben.messages(general.id)).map(({ content, sent_from_client }) => [
      content,
      sent_from_client,
    ]);
    const expected = [1, 2, 3].flatMap((n) => [
      [`Hello ${n}`, `2026-02-03T04:05:0${n}.000Z`],
      [`Hi ${n}`, `2026-02-03T04:05:0${n}.500Z`],
    ]);
    expect(written).toEqual(expected);

    // A week of refreshing every ten minutes, the first refresh token all along.
    for (let day = 0; day < 7; day += 1) {
      for (let times = 0; times < 24 * 6; times += 1) await ada.refresh();
      await passDay();
    }
    await ada.refresh();
    expect((await ada.check()).body).toMatchObject({ authenticated: true, user: ada.userId, email: "ada@example.org" });
    adas.say("Still here", "2026-02-10T04:05:06Z");
    await expect.poll(() => bens.seen.at(-1)?.payload.content).toBe("Still here");
    for (const chat of [adas, bens]) chat.close();
  }, 60_000);
});
