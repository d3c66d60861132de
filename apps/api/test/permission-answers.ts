import type { PolicyRow } from "../src/core/policy.ts";
import type { Actor, Target } from "./permission-scene.ts";

/** What is answered about what is one's own, somebody else's, and nobody's. */
type Answers = `${"let" | "401" | "403" | "404"} ${"let" | "401" | "403" | "404"} ${"let" | "401" | "403" | "404"}`;

const SIGNED_OUT = {
  anonymous: "401 401 401",
  "expired guest": "401 401 401",
  deactivated: "401 401 401",
  "revoked token": "401 401 401",
} as const;

/** The expected answers, by what a row of the policy table asks: `who`, and `of`. */
const ANSWERS: Record<string, Record<Actor, Answers>> = {
  guest: {
    ...SIGNED_OUT,
    guest: "let let 404",
    member: "let let 404",
    owner: "let let 404",
    "ex-member": "let let 404",
    "other user": "let let 404",
    administrator: "let let 404",
  },
  user: {
    ...SIGNED_OUT,
    guest: "403 403 403",
    member: "let let 404",
    owner: "let let 404",
    "ex-member": "let let 404",
    "other user": "let let 404",
    administrator: "let let 404",
  },
  admin: {
    ...SIGNED_OUT,
    guest: "403 403 403",
    member: "403 403 403",
    owner: "403 403 403",
    "ex-member": "403 403 403",
    "other user": "403 403 403",
    administrator: "let let 404",
  },
  // The invites to an account: those into a conversation are kept elsewhere.
  "admin invite": {
    ...SIGNED_OUT,
    guest: "403 403 403",
    member: "403 403 403",
    owner: "403 403 403",
    "ex-member": "403 403 403",
    "other user": "403 403 403",
    administrator: "let 404 404",
  },
  "guest member": {
    ...SIGNED_OUT,
    guest: "let 404 404",
    member: "let 404 404",
    owner: "let 404 404",
    "ex-member": "404 404 404",
    "other user": "404 404 404",
    administrator: "404 404 404",
  },
  "guest member_or_admin": {
    ...SIGNED_OUT,
    guest: "let 404 404",
    member: "let 404 404",
    owner: "let 404 404",
    "ex-member": "404 404 404",
    "other user": "404 404 404",
    administrator: "let let 404",
  },
  "guest owner_or_admin": {
    ...SIGNED_OUT,
    guest: "403 404 404",
    member: "403 404 404",
    owner: "let 404 404",
    "ex-member": "404 404 404",
    "other user": "404 404 404",
    administrator: "let let 404",
  },
  "guest keeper_or_admin": {
    ...SIGNED_OUT,
    guest: "403 404 404",
    member: "403 404 404",
    owner: "let 404 404",
    "ex-member": "404 404 404",
    "other user": "404 404 404",
    administrator: "let let 404",
  },
  "guest reader": {
    ...SIGNED_OUT,
    guest: "403 404 404",
    member: "403 404 404",
    owner: "let 404 404",
    "ex-member": "404 404 404",
    "other user": "404 404 404",
    administrator: "404 404 404",
  },
  "guest self": {
    ...SIGNED_OUT,
    guest: "let 404 404",
    member: "let 404 404",
    owner: "let 404 404",
    "ex-member": "let 404 404",
    "other user": "let 404 404",
    administrator: "let 404 404",
  },
  "user self": {
    ...SIGNED_OUT,
    guest: "403 403 403",
    member: "let 404 404",
    owner: "let 404 404",
    "ex-member": "let 404 404",
    "other user": "let 404 404",
    administrator: "let 404 404",
  },
  "guest self_or_admin": {
    ...SIGNED_OUT,
    guest: "let 404 404",
    member: "let 404 404",
    owner: "let 404 404",
    "ex-member": "let 404 404",
    "other user": "let 404 404",
    administrator: "let let 404",
  },
  "user group_creator": {
    ...SIGNED_OUT,
    guest: "403 403 403",
    member: "403 403 403",
    owner: "403 403 403",
    "ex-member": "403 403 403",
    "other user": "403 403 403",
    administrator: "let let 404",
  },
};

export const TARGETS: readonly Target[] = ["own", "foreign", "absent"];

/** The name of a row's right in the table above. */
export function rightOf(row: PolicyRow): string {
  return row.of === undefined ? row.who : `${row.who} ${row.of}`;
}

/** What somebody is answered: a status, or "let" for whatever the act itself answers. */
export function expectedAnswer(right: string, actor: Actor, target: Target): string {
  const answers = ANSWERS[right];
  if (!answers) throw new Error(`say in this file what is answered where the policy table asks for "${right}"`);
  return answers[actor].split(" ")[TARGETS.indexOf(target)] ?? "";
}
