import { once } from "node:events";
import { connect, type Socket } from "node:net";

const HEADERS_END = Buffer.from("\r\n\r\n");

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly cookie: string;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly headers: string;
  readonly bytes: number;
}

/** One kept-alive HTTP connection, with one request at a time. Of an answer's body only the length is looked at. */
export class HttpClient {
  readonly #socket: Socket;
  readonly #port: number;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: HttpAnswer) => void; reject: (error: Error) => void } | null = null;

  private constructor(port: number, socket: Socket) {
    this.#port = port;
    this.#socket = socket;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("The server has closed the connection.")));
  }

  static async open(port: number): Promise<HttpClient> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return new HttpClient(port, socket);
  }

  /** Throws for every answer but a success. */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await new Promise<HttpAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(this.#textOf(request));
    });
    if (!/^HTTP\/1.1 2/.test(answer.headers))
      throw new Error(`${request.method} ${request.path} was answered: ${answer.headers}`);
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #textOf({ method, path, cookie, body = "" }: HttpRequest): string {
    const origin = `127.0.0.1:${this.#port}`;
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${origin}\r\nOrigin: http://${origin}\r\nCookie: ${cookie}\r\n`;
    const about = body && `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    return `${head}${about}\r\n${body}`;
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEADERS_END);
    if (end === -1) return;
    const headers = this.#received.toString("latin1", 0, end);
    const [, length] = /^content-length: (\d+)/im.exec(headers) ?? [];
    if (length === undefined) return this.#waiting?.reject(new Error(`An answer without a length: ${headers}`));
    const bytes = end + HEADERS_END.length + Number(length);
    if (this.#received.length < bytes) return;
    this.#received = this.#received.subarray(bytes);
    this.#waiting?.resolve({ headers, bytes });
  }
}
