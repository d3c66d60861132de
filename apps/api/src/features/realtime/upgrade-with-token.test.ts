import { meSchema } from "@confab/shared/users";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendRaw } from "../../../test/raw-http.ts";
import { ReferenceSocket } from "../../../test/reference-socket.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { freshName, newGuest, newUser, type TestClient } from "../../../test/test-client.ts";
import { bearer, newTokens, refresh, sessionOf } from "../../../test/test-program.ts";
import { TestSocket } from "../../../test/test-socket.ts";

let server: TestServer;
let ada: TestClient;
let access: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  access = (await newTokens(server.url, "Ada")).access_token;
});
afterAll(() => server.stop());

const whoIs = (socket: ReferenceSocket) => meSchema.parse(socket.frames[0]?.me).id;
const refusal = (headers: Record<string, string>) => TestSocket.refusal(server.url, headers);

describe("GET /ws with an access token", () => {
  it("opens with Authorization: Bearer, without an Origin and from any", async () => {
    for (const origin of [{}, { origin: server.url }, { origin: "https://app.example.org" }] as Record<
      string,
      string
    >[]) {
      const socket = await ReferenceSocket.open(server.url, { headers: { ...bearer(access), ...origin } });
      expect([whoIs(socket), socket.protocol]).toEqual([ada.person.id, ""]);
      socket.close();
    }
  });

  it("opens with the token as second Sec-WebSocket-Protocol, from any page; the first is what the server speaks", async () => {
    for (const headers of [{}, { origin: "https://app.example.org" }] as Record<string, string>[]) {
      const socket = await ReferenceSocket.open(server.url, { headers, protocols: ["confab", access] });
      expect([whoIs(socket), socket.protocol]).toEqual([ada.person.id, "confab"]);
      socket.close();
    }
  });

  it("goes by the token, not by the cookie that comes along", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const cookie = { cookie: ben.cookie ?? "", origin: server.url };
    const byHeader = await ReferenceSocket.open(server.url, { headers: { ...bearer(access), ...cookie } });
    const byProtocol = await ReferenceSocket.open(server.url, { headers: cookie, protocols: ["confab", access] });
    for (const socket of [byHeader, byProtocol]) {
      expect(whoIs(socket)).toBe(ada.person.id);
      socket.close();
    }
    expect(await refusal({ ...cookie, ...bearer("made-up") })).toBe(401);
    expect(await refusal({ ...cookie, "sec-websocket-protocol": "confab, made-up" })).toBe(401);
  });

  it("is refused with 401 when the token is bad, in the wrong place, or its session has ended", async () => {
    const carol = await newGuest(server.url, freshName("Carol"));
    const { body } = await carol.get("/token");
    await server.db.user.update({ where: { id: carol.person.id }, data: { expires_at: new Date(Date.now() - 1) } });
    const ended = await newTokens(server.url, "Ada");
    await server.db.session.delete({ where: { id: sessionOf(ended.refresh_token) } });
    for (const token of ["made-up", "", ended.access_token, ended.refresh_token, body.access_token])
      for (const origin of [{}, { origin: server.url }] as Record<string, string>[]) {
        expect(await refusal({ authorization: `Bearer ${token}`, ...origin })).toBe(401);
        if (token !== "") expect(await refusal({ "sec-websocket-protocol": `confab, ${token}`, ...origin })).toBe(401);
      }
    expect(await refusal({ "sec-websocket-protocol": access, origin: server.url })).toBe(401);
    expect(await refusal({ "sec-websocket-protocol": `a, b, ${access}`, origin: server.url })).toBe(401);
  });

  it("takes no token from the address", async () => {
    const upgrade = `Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n`;
    const key = `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}\r\n`;
    for (const name of ["token", "access_token", "authorization"]) {
      const answer = await sendRaw(server.url, `GET /ws?${name}=${access} HTTP/1.1\r\n${upgrade}${key}\r\n`);
      expect(answer.status).toBe(401);
    }
  });

  it("still asks a cookie for the Origin: 403 without one, and from another site", async () => {
    const cookie = ada.cookie ?? "";
    expect(await refusal({ cookie })).toBe(403);
    expect(await refusal({ cookie, "sec-websocket-protocol": "confab" })).toBe(403);
    expect(await refusal({ cookie, origin: "https://mallory.example" })).toBe(403);
    expect(await refusal({ cookie, authorization: "Basic QWRhOnB3" })).toBe(403);
  });

  it("keeps a socket open past the ten minutes of the token it came with, as long as the session holds", async () => {
    const tokens = await newTokens(server.url, "Ada");
    const socket = await ReferenceSocket.open(server.url, { headers: bearer(tokens.access_token) });
    expect((await refresh(server.url, tokens.refresh_token)).status).toBe(200);
    socket.send({ type: "ping", n: 7 });
    expect(await socket.next((frame) => frame.type === "pong")).toEqual({ type: "pong", n: 7 });
    await server.db.user.update({ where: { id: ada.person.id }, data: { deactivated_at: new Date() } });
    const endedAt = Date.now();
    expect(await socket.closed()).toBe(4401);
    expect(Date.now() - endedAt).toBeLessThan(2_000);
    await server.db.user.update({ where: { id: ada.person.id }, data: { deactivated_at: null } });
  });
});
