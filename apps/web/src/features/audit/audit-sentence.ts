import { AUDIT_ACTIONS, type AuditEvent } from "@confab/shared/audit";
import { countOf } from "../../lib/titles.ts";
import { settingsWords } from "./settings-words.ts";

/** A piece of a sentence: words, or what somebody or something is called. */
export type Part = string | { name: string };

/** Keeps the names of a sentence apart from its words, so that the page can set them off. */
export function say(words: TemplateStringsArray, ...names: Part[]): Part[] {
  return words.flatMap((word, index) => [word, names[index] ?? ""]).filter((part) => part !== "");
}

function textOf({ details }: AuditEvent, key: string): string | null {
  const value = details?.[key];
  return typeof value === "string" ? value : null;
}

function numberOf({ details }: AuditEvent, key: string): number {
  const value = details?.[key];
  return typeof value === "number" ? value : 0;
}

function actorOf({ actor }: AuditEvent): Part {
  return actor === null ? "The server" : { name: actor.username };
}

/** Whom it concerns, by the name they had then, if that was noted. */
function userOf(event: AuditEvent, noted: string | null = null): Part {
  const name = noted ?? event.user?.username;
  return name === undefined ? "somebody" : { name };
}

/** The group or direct conversation, by the name it had then, if that was noted. */
function placeOf(event: AuditEvent, noted: string | null = null): Part {
  const name = noted ?? event.conversation?.name ?? null;
  return name === null ? "a direct conversation" : { name };
}

function isOwnAct({ actor, user }: AuditEvent): boolean {
  return actor !== null && actor.id === user?.id;
}

function accountSentence(event: AuditEvent): Part[] {
  const actor = actorOf(event);
  const user = userOf(event, textOf(event, "name"));
  const to = textOf(event, "to");
  if (event.action === "account.created")
    return textOf(event, "role") === "admin"
      ? say`${actor} created an account for ${user}, as an administrator`
      : say`${actor} created an account for ${user}`;
  if (to === "admin") return say`${actor} made ${user} an administrator`;
  if (textOf(event, "from") === "guest") return say`${actor} made the guest ${user} a user`;
  return say`${actor} made ${user} an ordinary user`;
}

function groupUpdatedSentence(event: AuditEvent): Part[] {
  const actor = actorOf(event);
  const change = event.details?.name;
  const isRenamed = typeof change === "object" && change !== null && "from" in change && "to" in change;
  if (!isRenamed) return say`${actor} changed the description of ${placeOf(event)}`;
  const [before, after] = [{ name: String(change.from) }, { name: String(change.to) }];
  return event.details?.description === undefined
    ? say`${actor} renamed ${before} to ${after}`
    : say`${actor} renamed ${before} to ${after} and changed its description`;
}

function addedSentence(event: AuditEvent, group: Part): Part[] {
  const [user, label] = [userOf(event), textOf(event, "invite")];
  if (!isOwnAct(event)) return say`${actorOf(event)} added ${user} to ${group}`;
  if (label === null) return say`${user} joined ${group}`;
  return label === ""
    ? say`${user} joined ${group} by a link`
    : say`${user} joined ${group} by the link ${{ name: label }}`;
}

function memberSentence(event: AuditEvent): Part[] {
  const [actor, user, group] = [actorOf(event), userOf(event), placeOf(event, textOf(event, "group"))];
  if (event.action === "member.added") return addedSentence(event, group);
  return textOf(event, "to") === "owner"
    ? say`${actor} made ${user} an owner of ${group}`
    : say`${actor} made ${user} an ordinary member of ${group}`;
}

function inviteSentence(event: AuditEvent): Part[] {
  const actor = actorOf(event);
  const label = textOf(event, "label");
  const verb = event.action === "invite.created" ? "made" : "revoked";
  const noun = event.conversation === null ? "invitation link" : "link";
  const link = label ? say`the ${noun} ${{ name: label }}` : [event.conversation === null ? "an " : "a ", noun];
  const target = event.conversation === null ? [] : say` into ${placeOf(event)}`;
  return [actor, ` ${verb} `, ...link, ...target];
}

function sessionSentence(event: AuditEvent): Part[] {
  const [actor, user] = [actorOf(event), userOf(event, textOf(event, "name"))];
  if (!isOwnAct(event)) return say`${actor} signed ${user} out everywhere`;
  if (textOf(event, "scope") === "all") return say`${actor} signed out everywhere`;
  if (textOf(event, "scope") === "others") return say`${actor} signed out everywhere else`;
  return textOf(event, "kind") === "program" ? say`${actor} signed a program out` : say`${actor} signed a browser out`;
}

function passwordChangedSentence(event: AuditEvent): Part[] {
  const others = numberOf(event, "sessions_ended");
  const ended = others === 0 ? "" : `, which ended ${countOf(others, "other session")}`;
  return say`${actorOf(event)} changed their password${ended}`;
}

function setUpSentence(event: AuditEvent, user: Part): Part[] {
  return event.actor === null
    ? say`The server made ${user} the first administrator, as its settings say`
    : say`${user} became the first administrator by the set-up link`;
}

/** What happened, as one sentence without its full stop. */
export function auditSentence(event: AuditEvent): Part[] {
  const actor = actorOf(event);
  const user = userOf(event, textOf(event, "name"));
  const group = placeOf(event, textOf(event, "name"));
  switch (event.action) {
    case "account.claimed":
      return say`${user} made their visit an account`;
    case "account.created":
    case "account.role_changed":
      return accountSentence(event);
    case "account.deactivated":
      return say`${actor} deactivated ${user}`;
    case "account.deleted":
      return say`${actor} deleted their account`;
    case "account.email_changed":
      return say`${user} changed their e-mail address`;
    case "account.expired":
      return say`${actor} ended the visit of ${user}`;
    case "account.reactivated":
      return say`${actor} reactivated ${user}`;
    case "account.renamed":
      return say`${userOf(event, textOf(event, "from"))} changed their name to ${userOf(event, textOf(event, "to"))}`;
    case "conversation.visited":
      return say`${actor} read in ${placeOf(event)} without being in it`;
    case "group.archived":
      return say`${actor} archived ${group}`;
    case "group.created":
      return say`${actor} created the group ${group}`;
    case "group.deleted":
      return say`${actor} deleted the group ${group}`;
    case "group.restored":
      return say`${actor} restored ${group}`;
    case "group.transferred":
      return say`${actor} handed ${group} over to ${userOf(event)}`;
    case "group.updated":
      return groupUpdatedSentence(event);
    case "invite.created":
    case "invite.revoked":
      return inviteSentence(event);
    case "member.added":
    case "member.role_changed":
      return memberSentence(event);
    case "member.left":
      return say`${actor} left ${placeOf(event, textOf(event, "group"))}`;
    case "member.removed":
      return say`${actor} removed ${userOf(event)} from ${placeOf(event, textOf(event, "group"))}`;
    case "password.changed":
      return passwordChangedSentence(event);
    case "password.reset":
      return say`${user} set a new password by link`;
    case "password_reset.created":
      return say`${actor} made a password link for ${user}`;
    case "session.ended":
      return sessionSentence(event);
    case "session.token_reused":
      return say`A token of ${user} was used a second time; its session was ended`;
    case "workspace.set_up":
      return setUpSentence(event, user);
    case "workspace.updated":
      return say`${actor} ${settingsWords(event.details)}`;
    default:
      return say`${actor}: ${sayAction(event.action)}`;
  }
}

/** For a server that notes more than this page knows sentences for. */
function sayAction(action: never): string {
  return AUDIT_ACTIONS[action] ?? String(action);
}
