import { newId } from "@confab/shared/ids";
import type { POLICY } from "../src/core/policy.ts";
import type { Actor, Scene, Target } from "./permission-scene.ts";
import { PASSWORD } from "./test-client.ts";

type Row = keyof typeof POLICY;
export type RouteName = Exclude<Row, `WS ${string}` | "GET /ws">;

/** A request that is obeyed if the one who sends it may: all of its fields are right. */
export interface RightRequest {
  readonly path: string;
  readonly body?: object;
}

export interface RouteRequest {
  /** What it is asked about, if it names anything. */
  readonly of?: "conversation" | "account";
  readonly ask: (scene: Scene, target: Target, actor: Actor) => RightRequest;
  /** The answers to whoever may; the first is the usual one. */
  readonly let: readonly [number, ...number[]];
}

let names = 0;
const freshName = (): string => `Newcomer ${++names}`;

const plain = (path: string, status = 200): RouteRequest => ({ ask: () => ({ path }), let: [status] });
const posted = (path: string, body: () => object, ...statuses: [number, ...number[]]): RouteRequest => ({
  ask: () => ({ path, body: body() }),
  let: statuses,
});

/** Below /api/v1/conversations/:id. */
function inConversation(
  rest: string,
  status: number,
  body?: (scene: Scene, target: Target, actor: Actor) => object,
): RouteRequest {
  return {
    of: "conversation",
    ask: (scene, target, actor) => ({
      path: `/api/v1/conversations/${scene.conversations[target]}${rest}`,
      ...(body && { body: body(scene, target, actor) }),
    }),
    let: [status],
  };
}

function onAccount(rest: string, statuses: [number, ...number[]], body?: object): RouteRequest {
  return {
    of: "account",
    ask: (scene, target) => {
      const id = target === "own" ? scene.carol : scene.people[target];
      return { path: `/api/v1/accounts/${id}${rest}`, ...(body && { body }) };
    },
    let: statuses,
  };
}

function onInvite(rest: string, of: "conversation" | "account", status: number): RouteRequest {
  return {
    of,
    ask: (scene, target) => ({
      path: `${of === "account" ? "/api/v1" : `/api/v1/conversations/${scene.conversations[target]}`}/invites/${scene.invites[target]}${rest}`,
    }),
    let: [status],
  };
}

const page = (path: string): RouteRequest => ({ ask: () => ({ path }), let: [200] });
const signInPage = (path: string): RouteRequest => ({ ask: () => ({ path }), let: [200, 302] });
const credentials = () => ({ username: "nobody", password: PASSWORD });
const newAccount = () => ({ username: freshName(), email: `${newId()}@example.org`, password: PASSWORD });

/** One for every route of the policy table: a route without one does not compile. */
export const REQUESTS: Record<RouteName, RouteRequest> = {
  "GET /healthz": plain("/healthz"),
  "GET /readyz": plain("/readyz"),
  "GET /assets/*": plain("/assets/app-1a2b3c.js"),
  "GET /favicon.svg": plain("/favicon.svg"),
  "GET /theme.js": plain("/theme.js"),

  "GET /": plain("/", 302),
  "GET /login": signInPage("/login"),
  "GET /auth/login": signInPage("/auth/login"),
  "GET /register": signInPage("/register"),
  "GET /guest": signInPage("/guest"),
  "GET /setup": page("/setup"),
  "GET /join": page("/join"),
  "GET /reset-password": page("/reset-password"),
  "GET /logout": plain("/logout", 302),
  "GET /conversations": page("/conversations"),
  "GET /conversations/:id": {
    of: "conversation",
    ask: (scene, target) => ({ path: `/conversations/${scene.conversations[target]}` }),
    let: [200],
  },
  "GET /chat/:id": {
    of: "conversation",
    ask: (scene, target) => ({ path: `/chat/${scene.conversations[target]}` }),
    let: [200],
  },
  "GET /groups": page("/groups"),
  "GET /groups/create": page("/groups/create"),
  "GET /users": page("/users"),
  "GET /settings": page("/settings"),
  "GET /audit": page("/audit"),
  "GET /account": page("/account"),

  "POST /register": posted("/register", newAccount, 201),
  // Nobody is called that: asking costs no session, and 401 is this route's own answer.
  "POST /login": posted("/login", credentials, 401),
  "POST /guest": posted("/guest", () => ({ username: freshName() }), 201),
  "POST /logout": posted("/logout", () => ({}), 204),
  "POST /groups/create": posted("/groups/create", () => ({ name: freshName() }), 201),

  // Asked by a browser before it asks: without its headers there is nothing.
  "OPTIONS *": plain("/api/v1/me", 404),
  "OPTIONS /token": plain("/token", 204),
  "POST /token": posted("/token", credentials, 401),
  "GET /token": plain("/token"),
  "POST /refresh": posted("/refresh", () => ({ refresh_token: "nonsense" }), 401),
  "GET /check": plain("/check", 401),
  "GET /user/:user_id/conversations": {
    of: "account",
    ask: (scene, target) => ({ path: `/user/${scene.people[target]}/conversations` }),
    let: [200],
  },
  "GET /conversation/:conv_id": {
    of: "conversation",
    ask: (scene, target) => ({ path: `/conversation/${scene.conversations[target]}` }),
    let: [200],
  },
  "GET /conversation/:conv_id/messages": {
    of: "conversation",
    ask: (scene, target) => ({ path: `/conversation/${scene.conversations[target]}/messages` }),
    let: [200],
  },

  "GET /api/v1/workspace": plain("/api/v1/workspace"),
  "PATCH /api/v1/workspace": posted("/api/v1/workspace", () => ({ guest_ttl_hours: 24 }), 200),
  // The workspace of these tests has its administrators: the link is spent.
  "POST /api/v1/setup": posted("/api/v1/setup", () => ({ ...newAccount(), token: "spent" }), 403),
  "GET /api/v1/audit": plain("/api/v1/audit"),
  "GET /api/v1/audit.csv": plain("/api/v1/audit.csv"),

  "GET /api/v1/me": plain("/api/v1/me"),
  "PATCH /api/v1/me": posted("/api/v1/me", () => ({ language: "de" }), 200),
  "PUT /api/v1/me/email": posted(
    "/api/v1/me/email",
    () => ({ email: `${newId()}@example.org`, password: PASSWORD }),
    200,
  ),
  "PUT /api/v1/me/password": posted(
    "/api/v1/me/password",
    () => ({ password: PASSWORD, new_password: "another long password" }),
    204,
  ),
  "POST /api/v1/me/claim": posted(
    "/api/v1/me/claim",
    () => ({ email: `${newId()}@example.org`, password: PASSWORD }),
    200,
    409,
  ),
  "POST /api/v1/me/delete": {
    ask: (scene, _target, actor) => ({
      path: "/api/v1/me/delete",
      body: { username: scene.name, ...(actor === "guest" ? {} : { password: PASSWORD }) },
    }),
    let: [204],
  },
  "GET /api/v1/sessions": plain("/api/v1/sessions"),
  "DELETE /api/v1/sessions": plain("/api/v1/sessions", 204),
  "DELETE /api/v1/sessions/:id": {
    of: "account",
    ask: (scene, target) => ({ path: `/api/v1/sessions/${scene.sessions[target]}` }),
    let: [204],
  },

  "GET /api/v1/users": plain("/api/v1/users"),
  "GET /api/v1/accounts": plain("/api/v1/accounts"),
  "POST /api/v1/accounts": posted(
    "/api/v1/accounts",
    () => ({ username: freshName(), email: `${newId()}@example.org`, role: "user" }),
    201,
  ),
  "PUT /api/v1/accounts/:id/role": onAccount("/role", [200], { role: "admin" }),
  "POST /api/v1/accounts/:id/deactivate": onAccount("/deactivate", [200]),
  "POST /api/v1/accounts/:id/reactivate": onAccount("/reactivate", [200]),
  "POST /api/v1/accounts/:id/expire": onAccount("/expire", [200, 409]),
  "POST /api/v1/accounts/:id/password-reset": onAccount("/password-reset", [201]),
  "DELETE /api/v1/accounts/:id/sessions": onAccount("/sessions", [204]),
  "POST /api/v1/reset-password": posted(
    "/api/v1/reset-password",
    () => ({ token: "nonsense", password: PASSWORD }),
    403,
  ),

  "GET /api/v1/invites": plain("/api/v1/invites"),
  "POST /api/v1/invites": posted("/api/v1/invites", () => ({ label: "Newcomers" }), 201),
  "DELETE /api/v1/invites/:invite_id": onInvite("", "account", 204),
  "GET /api/v1/invites/:invite_id/uses": onInvite("/uses", "account", 200),
  "POST /api/v1/invites/open": posted("/api/v1/invites/open", () => ({ token: "nonsense" }), 404),
  "POST /api/v1/invites/join": posted("/api/v1/invites/join", () => ({ token: "nonsense" }), 404),

  "GET /api/v1/groups": plain("/api/v1/groups"),
  "GET /api/v1/conversations": plain("/api/v1/conversations"),
  "POST /api/v1/conversations": {
    ask: (scene) => ({ path: "/api/v1/conversations", body: { kind: "direct", user_id: scene.ben } }),
    let: [201],
  },
  "GET /api/v1/conversations/:id": inConversation("", 200),
  "PATCH /api/v1/conversations/:id": inConversation("", 200, () => ({ description: "What it is for." })),
  "POST /api/v1/conversations/:id/archive": inConversation("/archive", 200),
  "POST /api/v1/conversations/:id/restore": inConversation("/restore", 200),
  "POST /api/v1/conversations/:id/delete": inConversation("/delete", 204, (scene, target) => ({
    name: scene.names[target],
  })),
  "PUT /api/v1/conversations/:id/owner": inConversation("/owner", 200, (scene) => ({ user_id: scene.carol })),
  "POST /api/v1/conversations/:id/leave": inConversation("/leave", 204, (scene, _target, actor) =>
    actor === "owner" ? { successor_id: scene.ben } : {},
  ),
  "GET /api/v1/conversations/:id/visits": inConversation("/visits", 200),
  "GET /api/v1/conversations/:id/members": inConversation("/members", 200),
  "POST /api/v1/conversations/:id/members": inConversation("/members", 200, (scene) => ({ user_ids: [scene.dario] })),
  "DELETE /api/v1/conversations/:id/members/:user_id": {
    of: "conversation",
    ask: (scene, target) => ({
      path: `/api/v1/conversations/${scene.conversations[target]}/members/${scene.carol}`,
    }),
    let: [204],
  },
  "PUT /api/v1/conversations/:id/members/:user_id/role": {
    of: "conversation",
    ask: (scene, target) => ({
      path: `/api/v1/conversations/${scene.conversations[target]}/members/${scene.carol}/role`,
      body: { role: "owner" },
    }),
    let: [200],
  },
  "GET /api/v1/conversations/:id/invites": inConversation("/invites", 200),
  "POST /api/v1/conversations/:id/invites": inConversation("/invites", 201, () => ({ label: "Guests", uses_max: 5 })),
  "DELETE /api/v1/conversations/:id/invites/:invite_id": onInvite("", "conversation", 204),
  "GET /api/v1/conversations/:id/invites/:invite_id/uses": onInvite("/uses", "conversation", 200),
  "GET /api/v1/conversations/:id/messages": inConversation("/messages", 200),
  "POST /api/v1/conversations/:id/messages": inConversation("/messages", 201, () => ({
    id: newId(),
    content: "Hello",
  })),
  "GET /api/v1/conversations/:id/changes": inConversation("/changes?after_revision=0", 200),
  "PUT /api/v1/conversations/:id/read-marker": inConversation("/read-marker", 200, () => ({ seq: 1 })),
};
