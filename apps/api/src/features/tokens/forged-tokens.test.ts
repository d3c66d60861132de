import { createSign, generateKeyPairSync } from "node:crypto";
import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { newUser, type TestClient } from "../../../test/test-client.ts";
import {
  bearer,
  checkStatus,
  claimsOf,
  newTokens,
  refresh,
  signJwt,
  USUAL_HEADER,
} from "../../../test/test-program.ts";
import { TestSocket } from "../../../test/test-socket.ts";

/** What a forger may know: everything but the secret. Those marked as signed know even that, and still get it wrong. */
interface Known {
  readonly secret: string;
  readonly access: string;
  readonly refresh: string;
  readonly cookie: string;
  readonly claims: Record<string, unknown>;
}

let server: TestServer;
let ada: TestClient;
let known: Known;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  const { access_token: access, refresh_token } = await newTokens(server.url, "Ada");
  const secret = server.app.tokenSecret;
  const cookie = ada.cookie?.split("=")[1] ?? "";
  known = { secret, access, refresh: refresh_token, cookie, claims: claimsOf(access) };
});
afterAll(() => server.stop());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const partsOf = (token: string) => token.split(".") as [string, string, string];
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
const jwk = { kty: "oct", k: Buffer.from("mallory's own secret").toString("base64url") };

/** Right claims and a right signature, under another header. */
const underHeader = (header: object, hash?: string) => (k: Known) => signJwt(k.secret, k.claims, header, hash);
/** A right header and a right signature, over claims that are changed. */
const withClaims = (change: object | (() => object)) => (k: Known) =>
  signJwt(k.secret, { ...k.claims, ...(typeof change === "function" ? change() : change) });
const unsigned = (alg: unknown) => (k: Known) => `${encode({ ...USUAL_HEADER, alg })}.${partsOf(k.access)[1]}.`;
const reassembled = (change: (parts: [string, string, string]) => string[]) => (k: Known) =>
  change(partsOf(k.access)).join(".");

function signedByKeyOfMallory(k: Known): string {
  const input = `${encode({ alg: "RS256", typ: "JWT" })}.${partsOf(k.access)[1]}`;
  return `${input}.${createSign("RSA-SHA256").update(input).sign(privateKey, "base64url")}`;
}

const FORGED: [string, (k: Known) => string][] = [
  ["alg none", unsigned("none")],
  ["alg None", unsigned("None")],
  ["alg NONE", unsigned("NONE")],
  ["alg nOnE", unsigned("nOnE")],
  ["alg missing", unsigned(undefined)],
  ["alg null", unsigned(null)],
  ["alg empty", unsigned("")],
  ["alg a list", unsigned(["HS256", "none"])],
  ["alg none, with the signature left in place", (k) => `${unsigned("none")(k)}${partsOf(k.access)[2]}`],
  ["RS256 by another key", signedByKeyOfMallory],
  ["RS256 in the header, HMAC by a public key", (k) => signJwt(publicPem, k.claims, { alg: "RS256", typ: "JWT" })],
  ["HS256 by a public key", (k) => signJwt(publicPem, k.claims)],
  ["ES256", underHeader({ alg: "ES256", typ: "JWT" })],
  ["EdDSA", underHeader({ alg: "EdDSA", typ: "JWT" })],
  ["HS384", underHeader({ alg: "HS384", typ: "JWT" }, "sha384")],
  ["HS512", underHeader({ alg: "HS512", typ: "JWT" }, "sha512")],
  ["kid with a path", underHeader({ ...USUAL_HEADER, kid: "../../../dev/null" })],
  ["kid with SQL", underHeader({ ...USUAL_HEADER, kid: "x' UNION SELECT 'secret" })],
  ["jku", underHeader({ ...USUAL_HEADER, jku: "https://mallory.example/jwks.json" })],
  ["jwk", (k) => signJwt("mallory's own secret", k.claims, { ...USUAL_HEADER, jwk })],
  ["x5u", underHeader({ ...USUAL_HEADER, x5u: "https://mallory.example/cert.pem" })],
  ["x5c", underHeader({ ...USUAL_HEADER, x5c: ["MIIB"] })],
  ["crit with an unknown extension", underHeader({ ...USUAL_HEADER, crit: ["exp"], exp: 1 })],
  ["crit empty", underHeader({ ...USUAL_HEADER, crit: [] })],
  ["b64 false", underHeader({ ...USUAL_HEADER, b64: false, crit: ["b64"] })],
  ["another typ in the header", underHeader({ alg: "HS256", typ: "at+jwt" })],
  ["no typ in the header", underHeader({ alg: "HS256" })],
  ["the header written in another order", underHeader({ typ: "JWT", alg: "HS256" })],
  ["signed: the mark of a refresh token", withClaims({ typ: "refresh" })],
  ["signed: no mark of its type", withClaims({ typ: undefined })],
  ["signed: a list for a mark", withClaims({ typ: ["access"] })],
  ["signed: no sid", withClaims({ sid: undefined })],
  ["signed: a sid that is no id", withClaims({ sid: "1 OR 1=1" })],
  ["signed: the sid of nobody's session", withClaims(() => ({ sid: newId() }))],
  ["signed: no sub", withClaims({ sub: undefined })],
  ["signed: no jti", withClaims({ jti: undefined })],
  ["signed: no exp", withClaims({ exp: undefined })],
  ["signed: exp as text", withClaims(() => ({ exp: String(now() + 600) }))],
  ["signed: exp null", withClaims({ exp: null })],
  ["signed: no iat", withClaims({ iat: undefined })],
  ["signed: no iss", withClaims({ iss: undefined })],
  ["signed: no aud", withClaims({ aud: undefined })],
  ["signed: another issuer", withClaims({ iss: "https://mallory.example" })],
  ["signed: our issuer in a list", withClaims({ iss: ["confab"] })],
  ["signed: another audience", withClaims({ aud: "confab-web" })],
  ["signed: other audiences in a list", withClaims({ aud: ["confab-web", "confab-api "] })],
  ["signed: expired a second ago", withClaims(() => ({ iat: now() - 601, exp: now() - 1 }))],
  ["signed: not valid yet", withClaims(() => ({ nbf: now() + 30 }))],
  ["signed: made in the future", withClaims(() => ({ iat: now() + 3_600, exp: now() + 4_200 }))],
  ["no signature", reassembled(([header, payload]) => [header, payload, ""])],
  ["no signature and no dot", reassembled(([header, payload]) => [header, payload])],
  ["half the signature", reassembled(([header, payload, mac]) => [header, payload, mac.slice(0, 21)])],
  ["a signature with one character less", reassembled(([header, payload, mac]) => [header, payload, mac.slice(0, -1)])],
  ["a signature of zeros", reassembled(([header, payload]) => [header, payload, "A".repeat(43)])],
  ["a signature that goes on", reassembled(([header, payload, mac]) => [header, payload, `${mac}AAAA`])],
  ["a fourth part", reassembled((parts) => [...parts, parts[2]])],
  ["two payloads", reassembled(([header, payload, mac]) => [header, payload, payload, mac])],
  [
    "other claims under an old signature",
    (k) => {
      const [header, , mac] = partsOf(k.access);
      return [header, encode({ ...k.claims, exp: now() + 9_999 }), mac].join(".");
    },
  ],
  [
    "the signature of another token",
    (k) => [...partsOf(k.access).slice(0, 2), partsOf(signJwt(k.secret, { a: 1 }))[2]].join("."),
  ],
  ["another secret", (k) => signJwt("a secret of Mallory's that is long enough", k.claims)],
  ["the empty secret", (k) => signJwt("", k.claims)],
  ["padding", (k) => `${k.access}=`],
  ["a refresh token", (k) => k.refresh],
  ["the value of the cookie", (k) => k.cookie],
  ["the session's id", (k) => String(k.claims.sid)],
  ["claims that are a list", (k) => signJwt(k.secret, [k.claims])],
  ["claims that are no JSON", (k) => `${partsOf(k.access)[0]}.bm90IGpzb24.${partsOf(k.access)[2]}`],
  ["dots", () => "..."],
  ["the word null", () => "null"],
  ["a long one", () => `${encode(USUAL_HEADER)}.${"A".repeat(8_000)}.A`],
];

/** The three doors an access token opens. */
async function doors(authorization: string): Promise<(number | undefined)[]> {
  const check = await ada.get("/check", { authorization });
  expect(check.body.authenticated).toBe(check.status === 200);
  const me = await ada.get("/api/v1/me", { authorization });
  const upgrade = await TestSocket.refusal(server.url, { authorization, origin: server.url, cookie: ada.cookie ?? "" });
  return [check.status, me.status, upgrade];
}

describe("a forged access token", () => {
  it("is made like a real one, which is let in", async () => {
    expect(await checkStatus(server.url, known.access)).toBe(200);
    expect(signJwt(known.secret, known.claims)).toBe(known.access);
    expect(await checkStatus(server.url, withClaims(() => ({ exp: now() + 60, aud: ["confab-api"] }))(known))).toBe(
      200,
    );
  });

  it.each(FORGED)("is refused at every door, the cookie notwithstanding: %s", async (_what, forge) => {
    const token = forge(known);
    expect(await doors(`Bearer ${token}`)).toEqual([401, 401, 401]);
    const protocols = `confab, ${token}`;
    if (/^[\w.-]+$/.test(token))
      expect(await TestSocket.refusal(server.url, { "sec-websocket-protocol": protocols, origin: server.url })).toBe(
        401,
      );
  });

  it("cannot be had by writing the header oddly", async () => {
    const token = known.access;
    for (const odd of [
      "Bearer",
      "Bearer ",
      `Bearer${token}`,
      `Bearer\t${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token},x`,
      `Bearer "${token}"`,
      `Token ${token}`,
      `Bearer Bearer ${token}`,
      `Bearer ${token.slice(0, 50)} ${token.slice(50)}`,
      token,
    ])
      expect(await doors(odd), odd).toEqual([401, 401, 401]);
    expect((await ada.get("/check", { authorization: `bearer   ${token}  ` })).status).toBe(200);
  });

  it("too long for a header is refused, and the process lives", async () => {
    const answer = await ada.get("/check", bearer("x".repeat(30_000)));
    expect(answer.status).toBe(431);
    expect(await checkStatus(server.url, known.access)).toBe(200);
  });

  it("is no refresh token, and neither is a real access token", async () => {
    for (const token of [known.access, withClaims({ typ: "refresh" })(known), known.cookie]) {
      expect((await refresh(server.url, token)).status).toBe(401);
      expect((await ada.send("POST", "/refresh", undefined, bearer(token))).status).toBe(401);
    }
    expect(await checkStatus(server.url, known.access)).toBe(200);
  });
});
