import type { ErrorCode } from "@confab/shared/errors";
import { newId } from "@confab/shared/ids";
import { PASSWORD } from "./test-client.ts";

/** What the paths and bodies name: ids of conversations and people. */
export interface Places {
  readonly general: string;
  readonly group: string;
  readonly left: string;
  readonly deleted: string;
  readonly ben: string;
  readonly carol: string;
}

export interface BodyRoute {
  readonly method: "POST" | "PUT" | "PATCH";
  /** `:group` stands for the id of that place. */
  readonly path: string;
  /** A body that this route obeys when the administrator Ada sends it. */
  readonly good: (places: Places) => Record<string, unknown>;
  /** Fields that may be left out. */
  readonly optional?: readonly string[];
  /** By field, what others refuse and this one takes. */
  readonly takes?: Record<string, readonly string[]>;
  /** Without a body it reads the request's headers instead. */
  readonly mayBeEmpty?: true;
  /** The good body is well-formed, and refused for what only the database knows. */
  readonly refusedWith?: ErrorCode;
}

let made = 0;
const account = () => {
  made += 1;
  return { username: `Dario ${made}`, email: `dario.${made}@example.org`, password: PASSWORD };
};
const nameless = () => ({ email: account().email, password: "not that password" });

const post = (path: string, good: BodyRoute["good"], more: Partial<BodyRoute> = {}): BodyRoute => ({
  method: "POST",
  path,
  good,
  ...more,
});

const LABEL_AND_LIMITS: Partial<BodyRoute> = {
  optional: ["label", "expires_in_hours", "uses_max"],
  takes: { label: ["nothing"], expires_in_hours: ["a fraction"] },
};
const invite = () => ({ label: "For the guests", expires_in_hours: 24, uses_max: 10 });

/** Every route that takes a body. A test of the table compares it with the policy's. */
export const BODIES: Record<string, BodyRoute> = {
  "POST /register": post("/register", () => ({ ...account(), invite: "not a link" }), {
    optional: ["invite"],
    refusedWith: "invite_not_found",
  }),
  "POST /register (without invite)": post("/register", account),
  "POST /login": post("/login", () => ({ username: "Ada", password: PASSWORD })),
  "POST /guest": post("/guest", () => ({ username: account().username })),
  "POST /guest (with invite)": post("/guest", () => ({ username: account().username, invite: "not a link" }), {
    optional: ["invite"],
    refusedWith: "invite_not_found",
  }),
  "POST /groups/create": post(
    "/groups/create",
    ({ ben }) => ({ name: "Garden", description: "Plants", members: [ben] }),
    { optional: ["description", "members"], takes: { description: ["nothing"] } },
  ),
  "POST /token": post("/token", () => ({ username: "Ada", password: PASSWORD })),
  "POST /refresh": post("/refresh", () => ({ refresh_token: "nonsense" }), {
    optional: ["refresh_token"],
    mayBeEmpty: true,
    refusedWith: "sign_in_required",
  }),
  "POST /api/v1/setup": post("/api/v1/setup", () => ({ ...account(), token: "guess" }), {
    refusedWith: "setup_link_invalid",
  }),
  "PATCH /api/v1/workspace": {
    method: "PATCH",
    path: "/api/v1/workspace",
    good: () => ({ registration: "open", guests: true, guest_ttl_hours: 24, group_creation: "admins" }),
    optional: ["registration", "guests", "guest_ttl_hours", "group_creation"],
    takes: { guests: ["a truth"], guest_ttl_hours: ["a fraction"] },
  },

  "PATCH /api/v1/me": {
    method: "PATCH",
    path: "/api/v1/me",
    good: () => ({ username: "Ada", language: "en" }),
    optional: ["username", "language"],
  },
  "PUT /api/v1/me/email": { method: "PUT", path: "/api/v1/me/email", good: nameless, refusedWith: "password_wrong" },
  "PUT /api/v1/me/password": {
    method: "PUT",
    path: "/api/v1/me/password",
    good: () => ({ password: "not that password", new_password: PASSWORD }),
    refusedWith: "password_wrong",
  },
  "POST /api/v1/me/claim": post("/api/v1/me/claim", nameless, { refusedWith: "guest_required" }),
  "POST /api/v1/me/delete": post("/api/v1/me/delete", () => ({ username: "Ada", password: "not that password" }), {
    optional: ["password"],
    refusedWith: "password_wrong",
  }),
  "POST /api/v1/reset-password": post("/api/v1/reset-password", () => ({ token: "guess", password: PASSWORD }), {
    refusedWith: "password_reset_invalid",
  }),
  "POST /api/v1/accounts": post("/api/v1/accounts", () => {
    const { username, email } = account();
    return { username, email, role: "user" };
  }),
  "PUT /api/v1/accounts/:id/role": {
    method: "PUT",
    path: "/api/v1/accounts/:carol/role",
    good: () => ({ role: "user" }),
  },

  "POST /api/v1/invites": post("/api/v1/invites", invite, LABEL_AND_LIMITS),
  "POST /api/v1/invites/open": post("/api/v1/invites/open", () => ({ token: "guess" }), {
    refusedWith: "invite_not_found",
  }),
  "POST /api/v1/invites/join": post("/api/v1/invites/join", () => ({ token: "guess" }), {
    refusedWith: "invite_not_found",
  }),
  "POST /api/v1/conversations/:id/invites": post("/api/v1/conversations/:group/invites", invite, LABEL_AND_LIMITS),

  "POST /api/v1/conversations (direct)": post("/api/v1/conversations", ({ ben }) => ({ kind: "direct", user_id: ben })),
  "POST /api/v1/conversations (group)": post(
    "/api/v1/conversations",
    ({ ben }) => ({ kind: "group", name: "Garden", description: "Plants", member_ids: [ben] }),
    { optional: ["description"], takes: { description: ["nothing"] } },
  ),
  "PATCH /api/v1/conversations/:id": {
    method: "PATCH",
    path: "/api/v1/conversations/:group",
    good: () => ({ name: "Garden", description: "Plants" }),
    optional: ["name", "description"],
    takes: { description: ["nothing"] },
  },
  "POST /api/v1/conversations/:id/delete": post("/api/v1/conversations/:deleted/delete", () => ({ name: "Attic" })),
  "POST /api/v1/conversations/:id/leave": post(
    "/api/v1/conversations/:left/leave",
    ({ ben }) => ({ successor_id: ben }),
    { optional: ["successor_id"] },
  ),
  "PUT /api/v1/conversations/:id/owner": {
    method: "PUT",
    path: "/api/v1/conversations/:group/owner",
    good: ({ ben }) => ({ user_id: ben }),
  },
  "POST /api/v1/conversations/:id/members": post("/api/v1/conversations/:group/members", ({ ben }) => ({
    user_ids: [ben],
  })),
  "PUT /api/v1/conversations/:id/members/:user_id/role": {
    method: "PUT",
    path: "/api/v1/conversations/:group/members/:carol/role",
    good: () => ({ role: "owner" }),
  },
  "POST /api/v1/conversations/:id/messages": post(
    "/api/v1/conversations/:general/messages",
    () => ({ id: newId(), content: "Hello", sent_from_client: "2026-01-01T00:00:00Z" }),
    { optional: ["sent_from_client"] },
  ),
  "PUT /api/v1/conversations/:id/read-marker": {
    method: "PUT",
    path: "/api/v1/conversations/:general/read-marker",
    good: () => ({ seq: 0 }),
  },
};
