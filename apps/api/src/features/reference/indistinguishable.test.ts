import { newId } from "@confab/shared/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cast, gatherCast } from "../../../test/actors.ts";
import { startServer, type TestServer } from "../../../test/start-server.ts";
import { POLICY, type PolicyRow } from "../../core/policy.ts";

// Whoever asks for a conversation they may not see must not learn whether there is one.

let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  server = await startServer();
  cast = await gatherCast(server);
});
afterAll(() => server.stop());

/** Every route about one conversation that answers with data. Pages have the same statuses by the same query. */
const ROUTES = Object.entries<PolicyRow>(POLICY)
  .filter(([route, row]) => !row.page && /^\S+ \/(conversation|api\/v1\/conversations)\/:/.test(route))
  .map(([route]) => route);

/** A body each route would take, so that the id alone is what is wrong. */
const BODIES: Record<string, () => object | undefined> = {
  "PATCH /api/v1/conversations/:id": () => ({ name: "Mine" }),
  "POST /api/v1/conversations/:id/archive": () => undefined,
  "POST /api/v1/conversations/:id/restore": () => undefined,
  "POST /api/v1/conversations/:id/delete": () => ({ name: "Alone" }),
  "PUT /api/v1/conversations/:id/owner": () => ({ user_id: newId() }),
  "POST /api/v1/conversations/:id/leave": () => ({}),
  "POST /api/v1/conversations/:id/members": () => ({ user_ids: [newId()] }),
  "PUT /api/v1/conversations/:id/members/:user_id/role": () => ({ role: "owner" }),
  "POST /api/v1/conversations/:id/invites": () => ({ label: "Mine" }),
  "POST /api/v1/conversations/:id/messages": () => ({ id: newId(), content: "Hello" }),
  "PUT /api/v1/conversations/:id/read-marker": () => ({ seq: 0 }),
};
const QUERIES: Record<string, string> = { "GET /api/v1/conversations/:id/changes": "?after_revision=0" };

async function ask(actor: "guest" | "ex-member" | "other user", route: string, id: string) {
  const [method = "", path = ""] = route.split(" ");
  const filled = path.replace(/:(id|conv_id)/, id).replace(/:\w+/g, () => newId());
  const body = BODIES[route]?.();
  const answer = await cast.actors[actor].send(method, filled + (QUERIES[route] ?? ""), body);
  const headers = Object.fromEntries(answer.headers);
  // The length is that of the request's number, which is in the body.
  for (const name of ["date", "content-length"]) delete headers[name];
  return { status: answer.status, headers, body: { ...answer.body, request_id: null } };
}

describe.each(ROUTES)("%s", (route) => {
  it("answers the same about a conversation of others as about none", async () => {
    for (const actor of ["guest", "ex-member", "other user"] as const) {
      const absent = await ask(actor, route, newId());
      expect([absent.status, absent.body.code]).toEqual([404, "conversation_not_found"]);
      for (const id of [cast.foreign, cast.direct]) expect(await ask(actor, route, id)).toEqual(absent);
    }
  });
});
