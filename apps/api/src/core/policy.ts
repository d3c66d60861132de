/**
 * Who may use each route and each socket command: the one table. A route without a row stops the server from
 * starting. `who` is the least an account must be; `of` is the relation to the target that the feature's access
 * file enforces in its query, where absent and forbidden are the same 404.
 */
export type Who = "anyone" | "guest" | "user" | "admin";
/**
 * group_creator: administrators, and users where the workspace lets them. owner_or_admin: an owner of the group; another
 * member is told that it takes one (403), everybody else that there is nothing (404). keeper_or_admin: the one owner who
 * answers for the group. reader: whoever may know which administrators looked in, an owner, or either of a pair.
 */
export type Relation =
  | "member"
  | "member_or_admin"
  | "owner_or_admin"
  | "keeper_or_admin"
  | "reader"
  | "group_creator"
  | "self"
  | "self_or_admin";

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
  "GET /join": { who: "anyone", ...page },
  "GET /reset-password": { who: "anyone", ...page },
  "GET /logout": { who: "anyone", ...page, asksWho: true },
  "GET /conversations": { who: "guest", ...page },
  "GET /conversations/:id": { who: "guest", of: "member_or_admin", ...page },
  "GET /chat/:id": { who: "guest", of: "member_or_admin", ...page },
  "GET /groups": { who: "admin", ...page },
  "GET /groups/create": { who: "user", of: "group_creator", ...page },
  "GET /users": { who: "admin", ...page },
  "GET /settings": { who: "admin", ...page },
  "GET /audit": { who: "admin", ...page },
  "GET /account": { who: "guest", ...page },

  "POST /register": { who: "anyone" },
  "POST /login": { who: "anyone" },
  "POST /guest": { who: "anyone" },
  "POST /logout": { who: "anyone", asksWho: true },
  "POST /groups/create": { who: "user", of: "group_creator" },

  "OPTIONS *": { who: "anyone" },
  "OPTIONS /token": { who: "anyone" },
  "POST /token": { who: "anyone" },
  "GET /token": { who: "anyone", asksWho: true },
  "POST /refresh": { who: "anyone" },
  "GET /check": { who: "anyone", asksWho: true },
  "GET /user/:user_id/conversations": { who: "guest", of: "self_or_admin" },
  "GET /conversation/:conv_id": { who: "guest", of: "member_or_admin" },
  "GET /conversation/:conv_id/messages": { who: "guest", of: "member_or_admin" },

  "GET /api/v1/workspace": { who: "anyone" },
  "PATCH /api/v1/workspace": { who: "admin" },
  "POST /api/v1/setup": { who: "anyone" },
  "GET /api/v1/audit": { who: "admin" },
  "GET /api/v1/audit.csv": { who: "admin" },

  "GET /api/v1/me": { who: "guest", of: "self" },
  "PATCH /api/v1/me": { who: "guest", of: "self" },
  "PUT /api/v1/me/email": { who: "user", of: "self" },
  "PUT /api/v1/me/password": { who: "user", of: "self" },
  "POST /api/v1/me/claim": { who: "guest", of: "self" },
  "POST /api/v1/me/delete": { who: "guest", of: "self" },
  "GET /api/v1/sessions": { who: "guest", of: "self" },
  "DELETE /api/v1/sessions": { who: "guest", of: "self" },
  "DELETE /api/v1/sessions/:id": { who: "guest", of: "self" },

  "GET /api/v1/users": { who: "user" },
  "GET /api/v1/accounts": { who: "admin" },
  "POST /api/v1/accounts": { who: "admin" },
  "PUT /api/v1/accounts/:id/role": { who: "admin" },
  "POST /api/v1/accounts/:id/deactivate": { who: "admin" },
  "POST /api/v1/accounts/:id/reactivate": { who: "admin" },
  "POST /api/v1/accounts/:id/expire": { who: "admin" },
  "POST /api/v1/accounts/:id/password-reset": { who: "admin" },
  "DELETE /api/v1/accounts/:id/sessions": { who: "admin" },
  "POST /api/v1/reset-password": { who: "anyone" },

  "GET /api/v1/invites": { who: "admin" },
  "POST /api/v1/invites": { who: "admin" },
  "DELETE /api/v1/invites/:invite_id": { who: "admin" },
  "GET /api/v1/invites/:invite_id/uses": { who: "admin" },
  "POST /api/v1/invites/open": { who: "anyone" },
  "POST /api/v1/invites/join": { who: "guest" },

  "GET /api/v1/groups": { who: "admin" },
  "GET /api/v1/conversations": { who: "guest" },
  "POST /api/v1/conversations": { who: "user" },
  "GET /api/v1/conversations/:id": { who: "guest", of: "member_or_admin" },
  "PATCH /api/v1/conversations/:id": { who: "guest", of: "owner_or_admin" },
  "POST /api/v1/conversations/:id/archive": { who: "guest", of: "owner_or_admin" },
  "POST /api/v1/conversations/:id/restore": { who: "guest", of: "owner_or_admin" },
  "POST /api/v1/conversations/:id/delete": { who: "guest", of: "keeper_or_admin" },
  "PUT /api/v1/conversations/:id/owner": { who: "guest", of: "keeper_or_admin" },
  "POST /api/v1/conversations/:id/leave": { who: "guest", of: "member" },
  "GET /api/v1/conversations/:id/visits": { who: "guest", of: "reader" },
  "GET /api/v1/conversations/:id/members": { who: "guest", of: "member_or_admin" },
  "POST /api/v1/conversations/:id/members": { who: "guest", of: "owner_or_admin" },
  "DELETE /api/v1/conversations/:id/members/:user_id": { who: "guest", of: "owner_or_admin" },
  "PUT /api/v1/conversations/:id/members/:user_id/role": { who: "guest", of: "owner_or_admin" },
  "GET /api/v1/conversations/:id/invites": { who: "guest", of: "owner_or_admin" },
  "POST /api/v1/conversations/:id/invites": { who: "guest", of: "owner_or_admin" },
  "DELETE /api/v1/conversations/:id/invites/:invite_id": { who: "guest", of: "owner_or_admin" },
  "GET /api/v1/conversations/:id/invites/:invite_id/uses": { who: "guest", of: "owner_or_admin" },
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
