import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectedAnswer, rightOf } from "../../test/permission-answers.ts";
import { REQUESTS, type RouteName } from "../../test/permission-requests.ts";
import { ACTORS, type Actor, buildScene } from "../../test/permission-scene.ts";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { newAdministrator, TestClient } from "../../test/test-client.ts";
import { makeTinyWebApp } from "../../test/tiny-web-app.ts";
import { POLICY, type PolicyRow } from "./policy.ts";

let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;

beforeAll(async () => {
  web = await makeTinyWebApp();
  server = await startServer({}, { distDir: web.distDir });
  // So that no act of an actor is about the last administrator.
  await newAdministrator(server, "Zoe");
});
afterAll(async () => {
  await server.stop();
  await web.remove();
});

const ROUTES = (Object.entries(POLICY) as [RouteName, PolicyRow][]).filter(([name]) => name in REQUESTS);

/** A page sends to sign in whoever is not, where a route answers 401. */
function statusesFor(expected: string, row: PolicyRow, letIn: readonly number[]): readonly number[] {
  if (expected === "let") return letIn;
  return [row.page && expected === "401" ? 302 : Number(expected)];
}

describe("every route, for everyone, about their own, others' and nothing", () => {
  it("is asked here", () => {
    const routes = Object.keys(POLICY).filter((name) => !name.startsWith("WS ") && name !== "GET /ws");
    expect(ROUTES.map(([name]) => name)).toEqual(routes);
  });

  it.each(ROUTES)("%s", async (name, row) => {
    const request = REQUESTS[name];
    const method = name.split(" ")[0] ?? "";
    for (const actor of ACTORS) {
      const scene = await buildScene(server, actor, request.of);
      // What changes something of the actor's own comes last.
      for (const target of request.of === undefined ? (["own"] as const) : (["absent", "foreign", "own"] as const)) {
        const { path, body } = request.ask(scene, target, actor);
        const answer = await new TestClient(server.url).send(method, path, body, scene.headers);
        const said = `${actor}, ${target}: ${JSON.stringify(answer.body).slice(0, 200)}`;
        if (row.who === "anyone") {
          const asked = name === "GET /token" ? ANSWERS_OF_TOKEN[actor] : request.let;
          expect(asked, said).toContain(answer.status);
          continue;
        }
        const kept = name.includes("/invites/:invite_id") && row.who === "admin" ? " invite" : "";
        const expected = expectedAnswer(`${rightOf(row)}${kept}`, actor, target);
        expect(statusesFor(expected, row, request.let), said).toContain(answer.status);
        if (expected === "401" && row.page) expect(answer.headers.get("location")).toMatch(/^\/login\?next=/);
        if (expected === "404" && !row.page) expect(answer.body.code).toMatch(/_not_found$/);
        if (expected === "401" && !row.page) expect(answer.body.code).toBe("sign_in_required");
      }
    }
  });
});

/** The session is what it asks for, though anybody may come with a password instead. Guests have tokens, too. */
const ANSWERS_OF_TOKEN: Record<Actor, readonly number[]> = {
  anonymous: [401],
  guest: [200],
  "expired guest": [401],
  member: [200],
  owner: [200],
  "ex-member": [200],
  "other user": [200],
  administrator: [200],
  deactivated: [401],
  "revoked token": [401],
};
