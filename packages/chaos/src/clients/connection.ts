import type { Command } from "@confab/shared/commands";
import { CLOSE_CODES, type Event, eventSchema } from "@confab/shared/events";
import { WebSocket } from "ws";
import type { Random } from "../random.ts";

const RETRY_BASE_MS = 100;
const RETRY_MAX_MS = 5_000;
const READY_MAX_MS = 20_000;

interface ConnectionHandlers {
  onConnect(connection: number): void;
  onEvent(event: Event, connection: number): void;
  onLost(connection: number, code: number): void;
}

/**
 * One socket at a time, kept alive or replaced, as the web app does it: a back-off with full jitter, a heartbeat, and no
 * return after the session has ended.
 */
export class Connection {
  readonly #options: { url: string; cookie: string; heartbeatMs: number };
  readonly #random: Random;
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | null = null;
  #number = 0;
  #attempt = 0;
  #isStopped = true;
  #isReady = false;
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(
    options: { url: string; cookie: string; heartbeatMs: number },
    random: Random,
    handlers: ConnectionHandlers,
  ) {
    this.#options = options;
    this.#random = random;
    this.#handlers = handlers;
  }

  get isLive(): boolean {
    return this.#isReady && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** False after the session has ended. */
  get isWanted(): boolean {
    return !this.#isStopped;
  }

  get number(): number {
    return this.#number;
  }

  start(): void {
    this.#isStopped = false;
    this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.terminate();
  }

  /** False when there is no live socket, and then nothing was said. */
  send(command: Command): boolean {
    if (!this.isLive) return false;
    this.#socket?.send(JSON.stringify(command));
    return true;
  }

  #connect(): void {
    this.#number += 1;
    const number = this.#number;
    const { url, cookie } = this.#options;
    this.#handlers.onConnect(number);
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, { headers: { cookie, origin: url } });
    this.#socket = socket;
    this.#expectWord(READY_MAX_MS);
    socket.on("message", (data) => this.#hear(eventSchema.parse(JSON.parse(String(data))), number));
    // The end follows every error.
    socket.on("error", () => undefined);
    socket.on("close", (code) => this.#lose(number, code));
  }

  #hear(event: Event, number: number): void {
    if (event.type === "ready") {
      this.#isReady = true;
      this.#attempt = 0;
      this.#ping();
    }
    if (event.type === "pong") this.#rest();
    this.#handlers.onEvent(event, number);
  }

  #ping(): void {
    this.send({ type: "ping", n: this.#number });
    this.#expectWord(this.#options.heartbeatMs);
  }

  #rest(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#ping(), this.#options.heartbeatMs);
  }

  #expectWord(withinMs: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#socket?.terminate(), withinMs);
  }

  #lose(number: number, code: number): void {
    this.#isReady = false;
    clearTimeout(this.#silence);
    this.#handlers.onLost(number, code);
    if (code === CLOSE_CODES.session_ended) this.#isStopped = true;
    if (this.#isStopped) return;
    const delay = this.#random.next() * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), delay);
  }
}
