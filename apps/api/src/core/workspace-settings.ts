import type { Role } from "@confab/shared/users";
import { type UpdateWorkspaceBody, type WorkspaceSettings, workspaceSettingsSchema } from "@confab/shared/workspace";
import type { Config } from "./config.ts";
import { ask, sql, type Tx } from "./db.ts";
import { joinQuestions } from "./join-questions.ts";

const KEY = "workspace";

/**
 * What administrators have decided in the browser; until then, what the environment says. Asked anew each time, because
 * other nodes change it too.
 */
export async function readWorkspaceSettings(tx: Tx, config: Config): Promise<WorkspaceSettings> {
  const decided = await findSetting(tx, KEY);
  const byDefault: WorkspaceSettings = {
    registration: config.registration,
    guests: config.guests,
    guest_ttl_hours: config.guestTtlHours,
    group_creation: "admins",
  };
  return workspaceSettingsSchema.parse(Object.assign(byDefault, decided));
}

const findSetting = joinQuestions<string, unknown>(500, async (tx, keys) => {
  const rows = await ask<{ key: string; value: unknown }>(
    tx,
    sql`SELECT key, value FROM settings WHERE key = ANY(${[...new Set(keys)]}::text[])`,
  );
  const byKey = new Map(rows.map(({ key, value }) => [key, value]));
  return keys.map((key) => byKey.get(key));
});

/** Keeps some of the settings; those that are not named stay as they are. */
export async function writeWorkspaceSettings(tx: Tx, changes: UpdateWorkspaceBody): Promise<void> {
  const value = JSON.stringify(changes);
  await tx.$executeRaw(sql`
    INSERT INTO settings (key, value) VALUES (${KEY}, ${value}::jsonb)
    ON CONFLICT (key) DO UPDATE SET value = settings.value || excluded.value`);
}

/** Whether an account of this role may create groups. */
export function mayCreateGroup(role: Role, settings: Pick<WorkspaceSettings, "group_creation">): boolean {
  return role === "admin" || (role === "user" && settings.group_creation === "users");
}
