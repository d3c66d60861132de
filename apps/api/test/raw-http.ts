import net from "node:net";

/** What came back over a connection on which exactly these bytes were sent. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Sends bytes that no HTTP client would send, and reads the answer until the server closes the connection. What `rest`
 * resolves to is sent as soon as it does.
 */
export function sendRaw(url: string, request: string | Buffer, rest?: () => Promise<string>): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname);
    let text = "";
    socket.setTimeout(5_000, () => {
      socket.destroy();
      reject(new Error(`no end of the answer; so far: ${text.slice(0, 500)}`));
    });
    socket.on("data", (bytes) => {
      text += bytes.toString();
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", ...rest] = text.split("\r\n\r\n");
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
        contentType: /^content-type: (.*)$/im.exec(head)?.[1] ?? "",
        body: rest.join("\r\n\r\n"),
      });
    });
    socket.write(request);
    rest?.().then((bytes) => socket.write(bytes), reject);
  });
}
