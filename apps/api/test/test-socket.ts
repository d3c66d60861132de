import type { Command } from "@confab/shared/commands";
import { type Event, type EventOf, type EventType, eventSchema } from "@confab/shared/events";
import { WebSocket } from "ws";

/** How long a frame may take before a test gives up on it. */
const PATIENCE_MS = 5_000;

/** A client's socket that remembers every frame, checks each against the shared schema, and can be waited on. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly events: Event[] = [];
  closeCode: number | null = null;
  #woken: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.events.push(eventSchema.parse(JSON.parse(data.toString())));
      this.#wake();
    });
    socket.on("close", (code) => {
      this.closeCode = code;
      this.#wake();
    });
    socket.on("error", () => undefined);
  }

  static async open(url: string, cookie: string | null, origin: string | null = url): Promise<TestSocket> {
    const headers = { ...(cookie === null ? {} : { cookie }), ...(origin === null ? {} : { origin }) };
    const socket = new TestSocket(new WebSocket(`${url.replace("http", "ws")}/ws`, { headers }));
    await socket.next("ready");
    return socket;
  }

  /** The status an upgrade is refused with. */
  static refusal(url: string, headers: Record<string, string>): Promise<number | undefined> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { headers });
    return new Promise((resolve, reject) => {
      socket.on("open", () => reject(new Error("the upgrade was accepted")));
      socket.on("unexpected-response", (_request, response) => {
        resolve(response.statusCode);
        response.destroy();
      });
      socket.on("error", () => undefined);
    });
  }

  send(command: Command): void {
    this.sendRaw(JSON.stringify(command));
  }

  sendRaw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The first event of this type (and this kind), already there or still to come. */
  async next<Type extends EventType>(
    type: Type,
    isWanted: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const find = () =>
      this.events.find((event): event is EventOf<Type> => event.type === type && isWanted(event as EventOf<Type>));
    await this.until(() => find() !== undefined, type);
    const found = find();
    if (!found) throw new Error(`no ${type}`);
    return found;
  }

  all<Type extends EventType>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** What was said of whether somebody is online, in order. */
  presenceOf(userId: string): boolean[] {
    return this.all("presence.changed").flatMap(({ online, offline }) =>
      [online.includes(userId) ? [true] : [], offline.includes(userId) ? [false] : []].flat(),
    );
  }

  /** Waits until it is what was said last of somebody. */
  async untilOnline(userId: string, isOnline = true): Promise<void> {
    await this.until(() => this.presenceOf(userId).at(-1) === isOnline, "presence");
  }

  /**
   * Waits until everything the server sent this socket before now has arrived: a ping is answered in order. What has
   * not come by then will not come: this is how silence is asserted.
   */
  async settled(): Promise<void> {
    const n = this.events.length + Math.floor(Math.random() * 1_000_000);
    this.send({ type: "ping", n });
    await this.next("pong", (pong) => pong.n === n);
  }

  async closed(): Promise<number> {
    await this.until(() => this.closeCode !== null, "close");
    return this.closeCode ?? 0;
  }

  close(): void {
    this.socket.close();
  }

  async until(isSo: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!isSo()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no ${what}; seen: ${this.events.map((event) => event.type).join(", ")}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#woken.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #wake(): void {
    const woken = this.#woken;
    this.#woken = [];
    for (const wake of woken) wake();
  }
}
