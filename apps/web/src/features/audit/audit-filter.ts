import { type AuditAction, type AuditFilter, auditActionSchema } from "@confab/shared/audit";

/** The filter as it stands in the form. */
export interface AuditForm {
  action: AuditAction | "all";
  /** Part of a name, as typed. */
  person: string;
  /** Days as a date field gives them, "2026-11-22"; "" for none. */
  from: string;
  until: string;
}

export const EVERYTHING: AuditForm = { action: "all", person: "", from: "", until: "" };

/** The moment this person's day begins, `daysLater`. */
function midnightOf(day: string, daysLater = 0): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}

/** What to ask the server for. The last day is meant whole, and the server's `until` is the first moment left out. */
export function filterOf({ action, person, from, until }: AuditForm): AuditFilter {
  const query = person.trim();
  return {
    ...(action !== "all" && { action }),
    ...(query !== "" && { query }),
    ...(from !== "" && { from: midnightOf(from) }),
    ...(until !== "" && { until: midnightOf(until, 1) }),
  };
}

const GROUPS: [label: string, nouns: string[]][] = [
  ["Accounts", ["account"]],
  ["Passwords and sessions", ["password", "password_reset", "session"]],
  ["Groups and members", ["group", "member", "conversation"]],
  ["Links", ["invite"]],
  ["Settings", ["workspace"]],
];

/** Every action under the noun it is about, in an order to choose from. */
export function actionGroups(): { label: string; actions: AuditAction[] }[] {
  return GROUPS.map(([label, nouns]) => ({
    label,
    actions: auditActionSchema.options.filter((action) => nouns.includes(action.split(".")[0] ?? "")),
  }));
}
