import { createHmac } from "node:crypto";
import { newId } from "@confab/shared/ids";
import { tokenAnswerSchema } from "@confab/shared/tokens";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { type Answer, freshName, newGuest, newUser, TestClient } from "../../../test/test-client.ts";
import { bearer, checkStatus, claimsOf, newTokens, refresh, sessionOf } from "../../../test/test-program.ts";
import { writeRefreshToken } from "./refresh-tokens.ts";

let server: TestServer;
let anybody: TestClient;
let ben: TestClient;
/** The first refresh token of a fresh family of Ben's. */
let first: string;

beforeAll(async () => {
  server = await startServer();
  anybody = new TestClient(server.url);
});
afterAll(() => server.stop());
beforeEach(async () => {
  ben = await newUser(server.url, freshName("Ben"));
  first = (await newTokens(server.url, ben.person.username)).refresh_token;
});

const rowOf = (token: string) => server.db.session.findUnique({ where: { id: sessionOf(token) } });
const FORM = { "content-type": "application/x-www-form-urlencoded" };

function expectRefused(answer: Answer, status = 401, code = "sign_in_required"): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
}

describe("POST /refresh", () => {
  it("gives a fresh access token of the same session, and the successor", async () => {
    const answer = await refresh(server.url, first);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(["access_token", "refresh_token", "token_type", "expires_in"]);
    expect([answer.body.token_type, answer.body.expires_in]).toEqual(["Bearer", 600]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.body.refresh_token).not.toBe(first);
    expect(claimsOf(answer.body.access_token)).toMatchObject({ sid: sessionOf(first), sub: ben.person.id });
    expect(await checkStatus(server.url, answer.body.access_token)).toBe(200);
  });

  it("takes the token as Bearer, in JSON and in a form; the body goes first", async () => {
    const form = new URLSearchParams({ refresh_token: first }).toString();
    const json = { "content-type": "application/json" };
    const answers = [
      await anybody.send("POST", "/refresh", undefined, bearer(first)),
      await anybody.send("POST", "/refresh", "", { ...bearer(first), ...json }),
      await anybody.send("POST", "/refresh", "", { ...bearer(first), ...FORM }),
      await anybody.send("POST", "/refresh", {}, bearer(first)),
      await anybody.post("/refresh", { refresh_token: first }),
      await anybody.post("/refresh", form, FORM),
      await anybody.post("/refresh", { refresh_token: first }, bearer("made-up")),
      await ben.post("/refresh", { refresh_token: first }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expectRefused(await anybody.post("/refresh", { refresh_token: "made-up" }, bearer(first)));
  });

  it("keeps a guest's program going no longer than the guest", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const { refresh_token } = tokenAnswerSchema.parse((await carol.get("/token")).body);
    expect((await refresh(server.url, refresh_token)).status).toBe(200);
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: new Date(Date.now() - 1) } });
    expectRefused(await refresh(server.url, refresh_token));
  });

  it("counts as use of the session, so that a program that comes by once a month stays", async () => {
    await server.db.$executeRaw`
      UPDATE sessions SET last_used_at = now() - interval '29 days' WHERE id = ${sessionOf(first)}::uuid`;
    expect((await refresh(server.url, first)).status).toBe(200);
    expect(Date.now() - Number((await rowOf(first))?.last_used_at)).toBeLessThan(60_000);
  });

  it.each([
    ["no token anywhere", undefined, {}],
    ["a cookie and no token", undefined, { cookie: "ben" }],
    ["no token in the body", {}, {}],
    ["Basic", undefined, { authorization: "Basic QWRhOnB3" }],
    ["Bearer and nothing", undefined, { authorization: "Bearer" }],
  ] as const)("refuses %s with 401", async (_what, body, headers) => {
    const cookie = "cookie" in headers ? { cookie: ben.cookie ?? "" } : {};
    expectRefused(await anybody.send("POST", "/refresh", body, { ...headers, ...cookie }));
  });

  it.each([
    ["a number", { refresh_token: 1 }],
    ["null", { refresh_token: null }],
    ["nothing", { refresh_token: "" }],
    ["a list", { refresh_token: ["x"] }],
    ["U+0000", { refresh_token: "confab_refresh\u0000" }],
    ["a novel", { refresh_token: "x".repeat(1_001) }],
    ["a field too many", { refresh_token: "x", grant_type: "refresh_token" }],
  ])("refuses %s for a token with 400", async (_what, body) => {
    expectRefused(await anybody.post("/refresh", body), 400, "request_invalid");
  });

  it("refuses every token that is not ours, and the right one still works", async () => {
    const [prefix, session, place, mac] = first.split(".") as [string, string, string, string];
    const other = (await newTokens(server.url, ben.person.username)).refresh_token;
    const macOf = (secret: string, text: string) => createHmac("sha256", secret).update(text).digest("base64url");
    const flipped = `${mac.slice(0, 20)}${mac[20] === "A" ? "B" : "A"}${mac.slice(21)}`;
    const wrong = [
      [prefix, session, place, flipped],
      [prefix, session, place, mac.slice(0, -1)],
      [prefix, session, place, `${mac}A`],
      [prefix, session, place, `${mac}=`],
      [prefix, session, place, ""],
      [prefix, session, place],
      [prefix, session, place, mac, mac],
      [prefix, session, "1", mac],
      [prefix, session, "00", mac],
      [prefix, session, "-0", mac],
      [prefix, session, "0x0", mac],
      [prefix, session, " 0", mac],
      [prefix, session, "9999999999", mac],
      [prefix, sessionOf(other), place, mac],
      [prefix, session.toUpperCase(), place, mac],
      [prefix, session, place, other.split(".")[3]],
      [prefix, session, place, macOf("a secret of Mallory's own", `${prefix} ${session} ${place}`)],
      [prefix, session, place, macOf(server.app.tokenSecret, `${session} ${place}`)],
      ["Confab_refresh", session, place, mac],
      ["", session, place, mac],
    ].map((parts) => parts.join("."));
    for (const token of [...wrong, "x", "...", `${first} `, ` ${first}`, first.toUpperCase()])
      expectRefused(await refresh(server.url, token));
    expect((await refresh(server.url, first)).status).toBe(200);
  });

  it("refuses a token two places ahead, and the session lives", async () => {
    const ahead = writeRefreshToken(server.app.tokenSecret, { session_id: sessionOf(first), generation: 2 });
    expectRefused(await refresh(server.url, ahead));
    expect((await rowOf(first))?.generation).toBe(0);
    expect((await refresh(server.url, first)).status).toBe(200);
  });

  it("refuses the token of a session that never was, and of a browser's, which lives on", async () => {
    const { tokenSecret } = server.app;
    const browser = await server.db.session.findFirstOrThrow({ where: { user_id: ben.person.id, kind: "browser" } });
    for (const session_id of [newId(), browser.id])
      for (const generation of [0, 1])
        expectRefused(await refresh(server.url, writeRefreshToken(tokenSecret, { session_id, generation })));
    await server.db.session.update({ where: { id: browser.id }, data: { generation: 5 } });
    expectRefused(await refresh(server.url, writeRefreshToken(tokenSecret, { session_id: browser.id, generation: 0 })));
    expect((await ben.get("/api/v1/me")).status).toBe(200);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ["has run out", (id) => server.db.$executeRaw`UPDATE sessions SET expires_at = now() WHERE id = ${id}::uuid`],
    [
      "was not used for 30 days",
      (id) =>
        server.db.$executeRaw`UPDATE sessions SET last_used_at = now() - interval '30 days' WHERE id = ${id}::uuid`,
    ],
    [
      "is an account's that is switched off",
      () => server.db.user.update({ where: { id: ben.person.id }, data: { deactivated_at: new Date() } }),
    ],
    ["was ended", (id) => server.db.session.delete({ where: { id } })],
  ])("refuses the token of a session that %s", async (_what, end) => {
    await end(sessionOf(first));
    expectRefused(await refresh(server.url, first));
    expect(await server.db.auditEvent.count()).toBe(0);
  });

  it("is over after 90 days, however often it was refreshed", async () => {
    const days = (Number((await rowOf(first))?.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(90, 1);
    const before = (await rowOf(first))?.expires_at;
    await refresh(server.url, first);
    expect((await rowOf(first))?.expires_at).toEqual(before);
  });
});
