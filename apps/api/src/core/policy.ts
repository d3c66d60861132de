/**
 * Who may use each route and each socket command: the one table. A route without a row stops the server from
 * starting. `who` is the least an account must be; `of` is the relation to the target that the feature's access
 * file enforces in its query, where absent and forbidden are the same 404.
 */
export type Who = "anyone" | "guest" | "user" | "admin";
export type Relation = "member" | "member_or_admin" | "self";

export interface PolicyRow {
  readonly who: Who;
  readonly of?: Relation;
  /** Page navigations answer with redirects and HTML instead of problems. */
  readonly page?: true;
  /** Open to anyone, but the answer depends on who is asking. */
  readonly asksWho?: true;
  /** Sign-in pages send a signed-in person on to the conversations. */
  readonly signedOutOnly?: true;
}

const page = { page: true } as const;

export const POLICY = {
  "GET /healthz": { who: "anyone" },
  "GET /readyz": { who: "anyone" },
  "GET /assets/*": { who: "anyone" },
  "GET /favicon.svg": { who: "anyone" },
  "GET /theme.js": { who: "anyone" },

  "GET /": { who: "anyone", ...page },
  "GET /login": { who: "anyone", ...page, signedOutOnly: true },
  "GET /auth/login": { who: "anyone", ...page, signedOutOnly: true },
  "GET /register": { who: "anyone", ...page, signedOutOnly: true },
  "GET /guest": { who: "anyone", ...page, signedOutOnly: true },
  "GET /setup": { who: "anyone", ...page },
  "GET /logout": { who: "anyone", ...page, asksWho: true },
  "GET /conversations": { who: "guest", ...page },
  "GET /conversations/:id": { who: "guest", of: "member_or_admin", ...page },
  "GET /chat/:id": { who: "guest", of: "member_or_admin", ...page },
  "GET /groups": { who: "admin", ...page },
  "GET /groups/create": { who: "admin", ...page },
  "GET /users": { who: "admin", ...page },

  "POST /register": { who: "anyone" },
  "POST /login": { who: "anyone" },
  "POST /guest": { who: "anyone" },
  "POST /logout": { who: "anyone", asksWho: true },
  "POST /groups/create": { who: "admin" },

  "OPTIONS *": { who: "anyone" },
  "OPTIONS /token": { who: "anyone" },
  "POST /token": { who: "anyone" },
  "GET /token": { who: "anyone", asksWho: true },
  "POST /refresh": { who: "anyone" },
  "GET /check": { who: "anyone", asksWho: true },
  "GET /user/:user_id/conversations": { who: "guest", of: "self" },
  "GET /conversation/:conv_id": { who: "guest", of: "member_or_admin" },
  "GET /conversation/:conv_id/messages": { who: "guest", of: "member_or_admin" },

  "GET /api/v1/workspace": { who: "anyone" },
  "POST /api/v1/setup": { who: "anyone" },
  "GET /api/v1/me": { who: "guest" },
  "GET /api/v1/users": { who: "user" },
  "GET /api/v1/accounts": { who: "admin" },
  "GET /api/v1/conversations": { who: "guest" },
  "POST /api/v1/conversations": { who: "user" },
  "GET /api/v1/conversations/:id": { who: "guest", of: "member_or_admin" },
  "GET /api/v1/conversations/:id/members": { who: "guest", of: "member_or_admin" },
  "GET /api/v1/conversations/:id/messages": { who: "guest", of: "member_or_admin" },
  "POST /api/v1/conversations/:id/messages": { who: "guest", of: "member" },
  "GET /api/v1/conversations/:id/changes": { who: "guest", of: "member_or_admin" },
  "PUT /api/v1/conversations/:id/read-marker": { who: "guest", of: "member" },

  "GET /ws": { who: "guest" },
  "WS message.create": { who: "guest", of: "member" },
  "WS read_marker.move": { who: "guest", of: "member" },
  "WS typing.start": { who: "guest", of: "member" },
  "WS typing.stop": { who: "guest", of: "member" },
  "WS ping": { who: "guest" },
  "WS IdMessage": { who: "guest", of: "member_or_admin" },
  "WS ChatMessage": { who: "guest", of: "member" },
} as const satisfies Record<string, PolicyRow>;

const RANK: Record<Who, number> = { anyone: 0, guest: 1, user: 2, admin: 3 };

/** Whether an account of this role (null: nobody signed in) is enough for a row. */
export function isEnough(role: "admin" | "user" | "guest" | null, row: PolicyRow): boolean {
  return (role === null ? 0 : RANK[role]) >= RANK[row.who];
}

/** The row of a route as Fastify registered it, or undefined. HEAD follows GET. */
export function policyOf(method: string, url: string): PolicyRow | undefined {
  const table: Record<string, PolicyRow> = POLICY;
  return table[`${method === "HEAD" ? "GET" : method} ${url}`];
}
