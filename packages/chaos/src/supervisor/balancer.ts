import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { portOf } from "./own-processes.ts";

const LOOK_EVERY_MS = 200;
const LOOK_MS_MAX = 1_000;

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
  /** Requests that ended without a node's answer. */
  failed = 0;

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
    for (const backend of this.#candidates()) {
      const answer = await this.#ask(backend, request, Buffer.concat(chunks));
      if (answer === "refused") continue;
      if (answer === "lost") break;
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      answer.on("error", () => response.destroy());
      return void answer.pipe(response);
    }
    this.failed += 1;
    response.writeHead(502, { "content-type": "application/json" }).end('{"code":"no_node"}');
  }

  #ask(
    backend: Backend,
    { method, url, headers }: http.IncomingMessage,
    body: Buffer,
  ): Promise<http.IncomingMessage | "refused" | "lost"> {
    return new Promise((resolve) => {
      const { method: _, ...target } = { method, host: "127.0.0.1", port: backend.port, path: url, headers };
      const onward = http.request({ ...target, method, agent: false }, resolve);
      onward.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED" ? "refused" : "lost"));
      onward.end(body);
    });
  }

  async #upgrade(request: http.IncomingMessage, near: net.Socket, head: Buffer): Promise<void> {
    near.on("error", () => undefined);
    for (const backend of this.#candidates()) {
      const far = net.connect(backend.port, "127.0.0.1");
      far.on("error", () => near.destroy());
      const isConnected = await Promise.race([once(far, "connect"), once(far, "close")]).then(
        () => !far.destroyed,
        () => false,
      );
      if (!isConnected) continue;
      this.#pairs.add(far).add(near);
      far.on("close", () => {
        this.#pairs.delete(far);
        this.#pairs.delete(near);
        near.destroy();
      });
      near.on("close", () => far.destroy());
      far.write(`${requestHead(request)}\r\n\r\n`);
      far.write(head);
      far.pipe(near).pipe(far);
      return;
    }
    near.destroy();
  }
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
