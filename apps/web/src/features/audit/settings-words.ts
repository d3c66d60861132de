import { type WorkspaceSettings, workspaceSettingsSchema } from "@confab/shared/workspace";
import { countOf } from "../../lib/titles.ts";

const REGISTRATION = {
  open: "opened registration to anybody",
  invite: "allowed registration by invitation only",
  closed: "closed registration",
};
const GROUP_CREATION = {
  admins: "let only administrators create groups",
  users: "let users create groups",
};

type Changes = { [Name in keyof WorkspaceSettings]?: WorkspaceSettings[Name] | undefined };

function wordsOf(settings: Changes): string[] {
  const { registration, guests, guest_ttl_hours, group_creation } = settings;
  return [
    ...(registration === undefined ? [] : [REGISTRATION[registration]]),
    ...(guests === undefined ? [] : [guests ? "let guests in" : "shut guests out"]),
    ...(guest_ttl_hours === undefined ? [] : [`let a guest’s visit last ${countOf(guest_ttl_hours, "hour")}`]),
    ...(group_creation === undefined ? [] : [GROUP_CREATION[group_creation]]),
  ];
}

/** The new value of what is noted as `{ from, to }`. */
function newValueOf(change: unknown): unknown {
  return typeof change === "object" && change !== null && "to" in change ? change.to : change;
}

/** What somebody did to the workspace's settings, as the end of a sentence. */
export function settingsWords(details: Record<string, unknown> | null): string {
  const now = Object.fromEntries(Object.entries(details ?? {}).map(([name, change]) => [name, newValueOf(change)]));
  const { data = {} } = workspaceSettingsSchema.partial().safeParse(now);
  const words = wordsOf(data);
  return words.length === 0 ? "changed the settings" : words.join(", ");
}
