import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const CHECK_EVERY_MS = 500;
const CHECK_PATIENCE_MS = 2_500;

/**
 * A load balancer as they come: asks every node whether it is ready, gives requests and sockets to those in turn that
 * are, and tries nothing twice.
 */
export class Balancer {
  readonly #server = http.createServer((request, response) => this.#forward(request, response));
  readonly #agent = new http.Agent({ keepAlive: true });
  readonly #nodes: readonly URL[];
  readonly #ready = new Set<URL>();
  readonly #stop = new AbortController();
  #turn = 0;
  url = "";
  /** Requests that a node did not answer. */
  readonly failures: string[] = [];

  constructor(urls: readonly string[]) {
    this.#nodes = urls.map((url) => new URL(url));
    this.#server.on("upgrade", (request, socket, head) => this.#forwardSocket(request, socket as net.Socket, head));
  }

  async start(): Promise<void> {
    for (const node of this.#nodes) void this.#watch(node);
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.url = `http://127.0.0.1:${address.port}`;
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  stop(): void {
    this.#stop.abort();
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #watch(node: URL): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const answer = await fetch(new URL("/readyz", node), { signal: AbortSignal.timeout(CHECK_PATIENCE_MS) }).catch(
        () => null,
      );
      await answer?.body?.cancel();
      if (answer?.status === 200) this.#ready.add(node);
      else this.#ready.delete(node);
      await delay(CHECK_EVERY_MS, null, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #next(): URL | undefined {
    this.#turn += 1;
    return [...this.#ready][this.#turn % Math.max(1, this.#ready.size)];
  }

  #forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const node = this.#next();
    const fail = (error: unknown) => {
      this.failures.push(`${request.method} ${request.url} at ${node}: ${error}`);
      response.writeHead(502).end();
    };
    if (!node) return fail("nobody is ready");
    const { method = "GET", url = "/", headers } = request;
    const path = { host: node.hostname, port: node.port, path: url };
    const forwarded = http.request({ ...path, method, headers, agent: this.#agent }, (answer) => {
      const { connection: _, ...rest } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, rest);
      answer.pipe(response);
    });
    forwarded.on("error", fail);
    request.pipe(forwarded);
  }

  #forwardSocket(request: http.IncomingMessage, near: net.Socket, head: Buffer): void {
    const node = this.#next();
    if (!node) return void near.destroy();
    const far = net.connect(Number(node.port), node.hostname);
    const lines = request.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    far.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    far.write(head);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    near.pipe(far).pipe(near);
  }
}
