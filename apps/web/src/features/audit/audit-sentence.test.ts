import type { AuditAction, AuditEvent } from "@confab/shared/audit";
import { newId } from "@confab/shared/ids";
import type { Person } from "@confab/shared/users";
import { expect, it } from "vitest";
import { auditSentence } from "./audit-sentence.ts";

function buildPerson(username: string): Person {
  return { id: newId(), username, role: "user" };
}

const [ada, ben] = [buildPerson("Ada"), buildPerson("Ben")];
const design = { id: newId(), name: "Design" };
const direct = { id: newId(), name: null };

function sentence(action: AuditAction, facts: Partial<AuditEvent> = {}): string {
  const none = { actor: ada, user: null, conversation: null, address: null, details: null };
  const event = { id: newId(), at: "2026-11-22T10:00:00Z", action, ...none, ...facts };
  return auditSentence(event)
    .map((part) => (typeof part === "string" ? part : `[${part.name}]`))
    .join("");
}

const about = (name: string, details: object = {}) => ({ user: ben, details: { name, ...details } });
const inDesign = (details: object) => ({ conversation: design, details: { group: "Design", ...details } });
const own = (details: object) => ({ actor: ben, user: ben, details: { ...details } });

const SENTENCES: Record<AuditAction, [facts: Partial<AuditEvent>, sentence: string][]> = {
  "account.claimed": [[own({ name: "Benjamin" }), "[Benjamin] made their visit an account"]],
  "account.created": [
    [about("Ben", { role: "user" }), "[Ada] created an account for [Ben]"],
    [about("Ben", { role: "admin" }), "[Ada] created an account for [Ben], as an administrator"],
  ],
  "account.deactivated": [[about("Ben"), "[Ada] deactivated [Ben]"]],
  "account.deleted": [[own({ role: "user" }), "[Ben] deleted their account"]],
  "account.email_changed": [[own({ name: "Ben" }), "[Ben] changed their e-mail address"]],
  "account.expired": [
    [about("Carol"), "[Ada] ended the visit of [Carol]"],
    [{ ...about("Carol"), actor: null }, "The server ended the visit of [Carol]"],
  ],
  "account.reactivated": [[about("Ben"), "[Ada] reactivated [Ben]"]],
  "account.renamed": [[own({ from: "Benny", to: "Benjamin" }), "[Benny] changed their name to [Benjamin]"]],
  "account.role_changed": [
    [about("Ben", { from: "user", to: "admin" }), "[Ada] made [Ben] an administrator"],
    [about("Ben", { from: "admin", to: "user" }), "[Ada] made [Ben] an ordinary user"],
    [about("Carol", { from: "guest", to: "user" }), "[Ada] made the guest [Carol] a user"],
  ],
  "conversation.visited": [
    [{ conversation: design }, "[Ada] read in [Design] without being in it"],
    [{ conversation: direct }, "[Ada] read in a direct conversation without being in it"],
  ],
  "group.archived": [[{ conversation: design, details: { name: "Design" } }, "[Ada] archived [Design]"]],
  "group.created": [
    [{ conversation: design, details: { name: "Design", members: 3 } }, "[Ada] created the group [Design]"],
  ],
  "group.deleted": [
    [{ conversation: design, details: { name: "Old design" } }, "[Ada] deleted the group [Old design]"],
  ],
  "group.restored": [[{ conversation: design, details: { name: "Design" } }, "[Ada] restored [Design]"]],
  "group.transferred": [
    [
      { user: ben, conversation: design, details: { name: "Design", from: ada.id } },
      "[Ada] handed [Design] over to [Ben]",
    ],
  ],
  "group.updated": [
    [{ conversation: design, details: { name: { from: "Paint", to: "Design" } } }, "[Ada] renamed [Paint] to [Design]"],
    [
      { conversation: design, details: { description: { from: null, to: "Shapes" } } },
      "[Ada] changed the description of [Design]",
    ],
    [
      {
        conversation: design,
        details: { name: { from: "Paint", to: "Design" }, description: { from: "Shapes", to: null } },
      },
      "[Ada] renamed [Paint] to [Design] and changed its description",
    ],
  ],
  "invite.created": [
    [{ details: { label: "Summer fair" } }, "[Ada] made the invitation link [Summer fair]"],
    [{ details: { label: "" } }, "[Ada] made an invitation link"],
    [{ conversation: design, details: { label: "" } }, "[Ada] made a link into [Design]"],
  ],
  "invite.revoked": [
    [{ conversation: design, details: { label: "Summer fair" } }, "[Ada] revoked the link [Summer fair] into [Design]"],
  ],
  "member.added": [
    [{ user: ben, ...inDesign({}) }, "[Ada] added [Ben] to [Design]"],
    [{ actor: ben, user: ben, ...inDesign({ invite: "" }) }, "[Ben] joined [Design] by a link"],
    [{ actor: ben, user: ben, ...inDesign({ invite: "Fair" }) }, "[Ben] joined [Design] by the link [Fair]"],
    [{ actor: ben, user: ben, ...inDesign({}) }, "[Ben] joined [Design]"],
  ],
  "member.left": [[{ actor: ben, user: ben, ...inDesign({ role: "member" }) }, "[Ben] left [Design]"]],
  "member.removed": [[{ user: ben, ...inDesign({ role: "member" }) }, "[Ada] removed [Ben] from [Design]"]],
  "member.role_changed": [
    [{ user: ben, ...inDesign({ from: "member", to: "owner" }) }, "[Ada] made [Ben] an owner of [Design]"],
    [{ user: ben, ...inDesign({ from: "owner", to: "member" }) }, "[Ada] made [Ben] an ordinary member of [Design]"],
  ],
  "password.changed": [
    [own({ sessions_ended: 0 }), "[Ben] changed their password"],
    [own({ sessions_ended: 2 }), "[Ben] changed their password, which ended 2 other sessions"],
  ],
  "password.reset": [[own({ name: "Ben" }), "[Ben] set a new password by link"]],
  "password_reset.created": [[about("Ben"), "[Ada] made a password link for [Ben]"]],
  "session.ended": [
    [about("Ben", { count: 2, scope: "all" }), "[Ada] signed [Ben] out everywhere"],
    [own({ count: 2, scope: "all" }), "[Ben] signed out everywhere"],
    [own({ count: 1, scope: "others" }), "[Ben] signed out everywhere else"],
    [own({ count: 1, kind: "browser", device: "Firefox" }), "[Ben] signed a browser out"],
    [own({ count: 1, kind: "program", device: "curl" }), "[Ben] signed a program out"],
  ],
  "session.token_reused": [
    [{ actor: null, user: ben }, "A token of [Ben] was used a second time; its session was ended"],
    [{ actor: null, user: null }, "A token of somebody was used a second time; its session was ended"],
  ],
  "workspace.set_up": [
    [own({ name: "Benny" }), "[Benny] became the first administrator by the set-up link"],
    [
      { ...own({ name: "Benny" }), actor: null },
      "The server made [Benny] the first administrator, as its settings say",
    ],
  ],
  "workspace.updated": [
    [{ details: { registration: { from: "open", to: "closed" } } }, "[Ada] closed registration"],
    [
      { details: { guests: { from: false, to: true }, guest_ttl_hours: { from: 24, to: 8 } } },
      "[Ada] let guests in, let a guest’s visit last 8 hours",
    ],
    [{ details: { group_creation: { from: "admins", to: "users" } } }, "[Ada] let users create groups"],
    [{ details: { something: "else" } }, "[Ada] changed the settings"],
  ],
};

const ROWS = (Object.keys(SENTENCES) as AuditAction[]).flatMap((action) =>
  SENTENCES[action].map(([facts, expected]) => ({ action, facts, expected })),
);

it.each(ROWS)("$action: $expected", ({ action, facts, expected }) => {
  expect(sentence(action, facts)).toBe(expected);
});
