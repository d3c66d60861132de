import { ChatSocket, type Ear } from "./chat-socket.ts";
import { HttpClient } from "./http-client.ts";
import { Latencies } from "./latencies.ts";
import { type CpuSeconds, cpuSince, readCpu } from "./process-meter.ts";
import type { Target } from "./target.ts";

export interface OpenLoadOptions {
  readonly target: Target;
  readonly username: string;
  readonly password: string;
  /** Of the messages that are shown first. */
  readonly pagePath: string;
  readonly times: number;
}

/** Latencies are milliseconds. */
export interface OpenLoadResult {
  readonly signIn: number;
  /** From the connect to the state of all conversations. */
  readonly ready: number;
  readonly readyP99: number;
  readonly page: number;
  /** All of it, one after the other. */
  readonly usable: number;
  readonly usableP99: number;
  readonly readyBytes: number;
  /** Milliseconds of CPU for all of it, of the server with its database. */
  readonly cpuPerOpening: number;
}

const WARM_UP = 10;
const DEAF: Ear = { onMessage: () => undefined, onError: () => undefined, onLost: () => undefined };

/** Somebody opens the chat, over and over: signs in, gets the state of all conversations, and a page of one. */
export async function openLoad(options: OpenLoadOptions): Promise<OpenLoadResult> {
  const { target, times } = options;
  const http = await HttpClient.open(target.port);
  const opening = new Opening(http, options);
  for (let n = 0; n < WARM_UP; n++) await opening.run();
  opening.clear();
  const before = readCpu(target);
  for (let n = 0; n < times; n++) await opening.run();
  const { server, database }: CpuSeconds = cpuSince(before, target);
  http.close();
  const { signIn, ready, page, usable, readyBytes } = opening;
  return {
    signIn: signIn.quantile(0.5),
    ready: ready.quantile(0.5),
    readyP99: ready.quantile(0.99),
    page: page.quantile(0.5),
    usable: usable.quantile(0.5),
    usableP99: usable.quantile(0.99),
    readyBytes,
    cpuPerOpening: ((server + database) / times) * 1000,
  };
}

class Opening {
  readonly signIn = new Latencies();
  readonly ready = new Latencies();
  readonly page = new Latencies();
  readonly usable = new Latencies();
  readyBytes = 0;
  readonly #http: HttpClient;
  readonly #options: OpenLoadOptions;

  constructor(http: HttpClient, options: OpenLoadOptions) {
    this.#http = http;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { target, pagePath } = this.#options;
    const start = performance.now();
    const cookie = await timed(this.signIn, () => this.#signIn());
    const socket = await timed(this.ready, () => ChatSocket.open(target.port, { path: "/ws", cookie }, DEAF));
    await timed(this.page, () => this.#http.request({ method: "GET", path: pagePath, cookie }));
    this.usable.add(performance.now() - start);
    this.readyBytes = socket.readyBytes;
    await socket.close();
  }

  clear(): void {
    for (const latencies of [this.signIn, this.ready, this.page, this.usable]) latencies.clear();
  }

  async #signIn(): Promise<string> {
    const { username, password } = this.#options;
    const body = JSON.stringify({ username, password });
    const { headers } = await this.#http.request({ method: "POST", path: "/login", cookie: "", body });
    const [, cookie] = /^set-cookie: (confab_session=[^;\r]+)/im.exec(headers) ?? [];
    if (cookie === undefined) throw new Error(`Signing in gave no cookie: ${headers}`);
    return cookie;
  }
}

async function timed<Result>(latencies: Latencies, act: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await act();
  latencies.add(performance.now() - start);
  return result;
}
