import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { portOf } from "./own-processes.ts";

const LOOK_EVERY_MS = 200;
/** A slow answer is none of a node that is not ready. */
const LOOK_MS_MAX = 5_000;
const REFUSED = "ECONNREFUSED";

interface Backend {
  readonly url: string;
  readonly port: number;
}

/**
 * A small balancer in front of the nodes: it asks each for its readiness, gives new work to those that are ready, in turn,
 * and tries another when a connection is refused. When none is ready it asks all the same, so that clients hear the
 * node's own answer. What it could not get an answer for counts as failed.
 */
export class Balancer {
  readonly #backends: readonly Backend[];
  readonly #ready = new Set<Backend>();
  readonly #server = http.createServer((request, response) => void this.#forward(request, response));
  readonly #pairs = new Set<net.Socket>();
  #turn = 0;
  #isStopped = false;
  /** Requests that ended without a node's answer, each with what happened to it instead. */
  readonly failed: string[] = [];

  constructor(backends: readonly Backend[]) {
    this.#backends = backends;
    this.#server.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket as net.Socket, head));
    this.#server.keepAliveTimeout = 60_000;
  }

  get port(): number {
    return portOf(this.#server);
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    for (const backend of this.#backends) void this.#watch(backend);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const socket of this.#pairs) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #watch(backend: Backend): Promise<void> {
    while (!this.#isStopped) {
      const answer = await fetch(`${backend.url}/readyz`, { signal: AbortSignal.timeout(LOOK_MS_MAX) }).catch(
        () => null,
      );
      await answer?.body?.cancel();
      if (answer?.status === 200) this.#ready.add(backend);
      else this.#ready.delete(backend);
      await delay(LOOK_EVERY_MS);
    }
  }

  /** The ready ones, another one first each time. */
  #candidates(): Backend[] {
    this.#turn += 1;
    const all = this.#backends.filter((backend) => this.#ready.size === 0 || this.#ready.has(backend));
    const first = this.#turn % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)];
  }

  async #forward(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    // Kept, so that it can be said again to another node.
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return void response.destroy();
    }
    const tried: string[] = [];
    for (const backend of this.#candidates()) {
      const answer = await this.#ask(backend, request, Buffer.concat(chunks));
      if (typeof answer === "string") tried.push(`${backend.port} ${answer}`);
      if (answer === REFUSED) continue;
      // It may have been obeyed: only the client, who knows the id, may say it again.
      if (typeof answer === "string") break;
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      answer.on("error", () => response.destroy());
      return void answer.pipe(response);
    }
    this.failed.push(`${request.method} ${tried.join(", ")}`);
    response.writeHead(502, { "content-type": "application/json" }).end('{"code":"no_node"}');
  }

  #ask(
    backend: Backend,
    { method, url, headers }: http.IncomingMessage,
    body: Buffer,
  ): Promise<http.IncomingMessage | string> {
    return new Promise((resolve) => {
      const { method: _, ...target } = { method, host: "127.0.0.1", port: backend.port, path: url, headers };
      const onward = http.request({ ...target, method, agent: false }, resolve);
      onward.on("error", (error) => resolve("code" in error ? String(error.code) : error.message));
      onward.end(body);
    });
  }

  async #upgrade(request: http.IncomingMessage, near: net.Socket, head: Buffer): Promise<void> {
    near.on("error", () => undefined);
    for (const backend of this.#candidates()) {
      const far = await connectTo(backend.port);
      if (far === null) continue;
      this.#join(near, far);
      far.write(`${requestHead(request)}\r\n\r\n`);
      far.write(head);
      return;
    }
    near.destroy();
  }

  #join(near: net.Socket, far: net.Socket): void {
    this.#pairs.add(far).add(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on("close", () => {
        this.#pairs.delete(one);
        other.destroy();
      });
    if (near.destroyed) far.destroy();
    far.pipe(near).pipe(far);
  }
}

function connectTo(port: number): Promise<net.Socket | null> {
  const socket = net.connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(socket));
    // A refused connection, later a reset one: its end follows.
    socket.on("error", () => resolve(null));
  });
}

function requestHead({ method, url, rawHeaders }: http.IncomingMessage): string {
  const pairs = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return [`${method} ${url} HTTP/1.1`, ...pairs].join("\r\n");
}

/** A node that drains closes its own connection, not the one between client and balancer. */
function withoutHopByHop({
  connection: _,
  "keep-alive": __,
  "transfer-encoding": ___,
  ...headers
}: http.IncomingHttpHeaders) {
  return headers;
}
