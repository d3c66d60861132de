import type { Person } from "@confab/shared/users";
import { TestSocket } from "./test-socket.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what each test asserts
  readonly body: any;
}

/** A program talking to the server over HTTP, with at most one session. */
export class TestClient {
  readonly url: string;
  cookie: string | null = null;
  person: Person = { id: "", username: "", role: "guest" };

  constructor(url: string) {
    this.url = url;
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isRaw = typeof body === "string" || body instanceof Uint8Array;
    const response = await fetch(this.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const pair = cookie.split(";")[0] ?? "";
      if (pair.startsWith("confab_session=")) this.cookie = pair.endsWith("=") ? null : pair;
    }
    const text = await response.text();
    const isJson = text !== "" && (response.headers.get("content-type")?.includes("json") ?? false);
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.send("GET", path, undefined, headers);
  }

  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.send("POST", path, body, headers);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send("PUT", path, body);
  }

  /** Opens a socket and waits for its first frame, `ready`. */
  connect(): Promise<TestSocket> {
    return TestSocket.open(this.url, this.cookie);
  }
}

export const PASSWORD = "a long enough password";

/** Somebody with an account, signed in. */
export async function newUser(url: string, username: string): Promise<TestClient> {
  const client = new TestClient(url);
  const email = `${username.toLowerCase().replaceAll(" ", ".")}@example.org`;
  const made = await client.post("/register", { username, email, password: PASSWORD });
  if (made.status !== 201) throw new Error(`could not register ${username}: ${JSON.stringify(made.body)}`);
  const signedIn = await client.post("/login", { username, password: PASSWORD });
  if (signedIn.status !== 200) throw new Error(`could not sign ${username} in: ${JSON.stringify(signedIn.body)}`);
  client.person = { id: made.body.user.id, username, role: "user" };
  return client;
}

/** The same person in another browser. */
export async function signInElsewhere(
  { url, person }: TestClient,
  headers: Record<string, string> = {},
): Promise<TestClient> {
  const client = new TestClient(url);
  const signedIn = await client.post("/login", { username: person.username, password: PASSWORD }, headers);
  if (signedIn.status !== 200) throw new Error(`could not sign in again: ${JSON.stringify(signedIn.body)}`);
  client.person = person;
  return client;
}

export async function newGuest(url: string, username: string, invite?: string): Promise<TestClient> {
  const client = new TestClient(url);
  const made = await client.post("/guest", { username, invite });
  if (made.status !== 201) throw new Error(`${username} could not enter: ${JSON.stringify(made.body)}`);
  client.person = { id: made.body.user.id, username, role: "guest" };
  return client;
}

/** The administrator of a server that was started without one. */
export async function newAdministrator(server: { url: string; setupToken: string | null }, username: string) {
  const client = new TestClient(server.url);
  const email = `${username.toLowerCase()}@example.org`;
  const made = await client.post("/api/v1/setup", { username, email, password: PASSWORD, token: server.setupToken });
  if (made.status !== 201) throw new Error(`could not set up ${username}: ${JSON.stringify(made.body)}`);
  client.person = { id: made.body.me.id, username, role: "admin" };
  return client;
}

let namesGiven = 0;

/** A name nobody has taken yet on this file's server: "Ada 1", "Ada 2". */
export function freshName(name: string): string {
  namesGiven += 1;
  return `${name} ${namesGiven}`;
}
