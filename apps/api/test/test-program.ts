import { createHmac } from "node:crypto";
import { type TokenAnswer, tokenAnswerSchema } from "@confab/shared/tokens";
import { type Answer, PASSWORD, TestClient } from "./test-client.ts";

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
});

/** The tokens somebody gets for the usual password. */
export async function newTokens(url: string, username: string): Promise<TokenAnswer> {
  const answer = await new TestClient(url).post("/token", { username, password: PASSWORD });
  if (answer.status !== 200) throw new Error(`no tokens for ${username}: ${JSON.stringify(answer.body)}`);
  return tokenAnswerSchema.parse(answer.body);
}

export function refresh(url: string, token: string): Promise<Answer> {
  return new TestClient(url).post("/refresh", { refresh_token: token });
}

/** Who the server takes the bearer of this access token for: the status of `/check`. */
export async function checkStatus(url: string, token: string): Promise<number> {
  return (await new TestClient(url).get("/check", bearer(token))).status;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
const decode = (part = ""): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());

/** What an access token says. */
export function claimsOf(token: string): Record<string, unknown> {
  return decode(token.split(".")[1]);
}

/** The session a refresh token belongs to. */
export function sessionOf(refreshToken: string): string {
  return refreshToken.split(".")[1] ?? "";
}

export const USUAL_HEADER = { alg: "HS256", typ: "JWT" };

/** A JWT with any header and claims, with a right signature for the secret. Undefined leaves a claim out. */
export function signJwt(secret: string, claims: object, header: object = USUAL_HEADER, hash = "sha256"): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest("base64url")}`;
}

/** A client that sends a token with every request, and no cookie. */
export class BearerClient extends TestClient {
  readonly #token: string;

  constructor(url: string, token: string) {
    super(url);
    this.#token = token;
  }

  override send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return super.send(method, path, body, { ...bearer(this.#token), ...headers });
  }
}

/** The same person as a program: with a token instead of the cookie. */
export async function asProgram(client: TestClient): Promise<BearerClient> {
  const answer = await client.get("/token");
  const program = new BearerClient(client.url, tokenAnswerSchema.parse(answer.body).access_token);
  program.person = client.person;
  return program;
}
