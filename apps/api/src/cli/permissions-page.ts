import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { POLICY, type PolicyRow, type Relation, type Who } from "../core/policy.ts";

// pnpm docs:permissions: writes docs/permissions.md from the policy table. A test compares the two.

export const PERMISSIONS_FILE = fileURLToPath(new URL("../../../../docs/permissions.md", import.meta.url));

const WHO: Record<Who, string> = {
  anyone: "anyone",
  guest: "whoever is signed in",
  user: "users and administrators",
  admin: "administrators",
};

const RELATION: Record<Relation, string> = {
  member: "members of the conversation",
  member_or_admin: "members of the conversation, administrators",
  owner_or_admin: "owners of the group, administrators",
  keeper_or_admin: "the owner who answers for the group, administrators",
  reader: "owners of the group; both people of a direct conversation",
  group_creator: "administrators; users, where the workspace lets them",
  self: "each for themselves",
  self_or_admin: "each for themselves, administrators",
};

const HEAD = `# Who may do what

Rendered from \`apps/api/src/core/policy.ts\` by \`pnpm docs:permissions\`; a test keeps the two equal, and another asks every
row as ten kinds of people about what is theirs, what is somebody else's and what does not exist.

- Whoever is not signed in, or not any more (session ended, account deactivated, a guest's time over, token revoked), gets
  401; a page sends them to sign in.
- Whoever is signed in, but may never use a route, gets 403.
- What is not there and what is not theirs to see is the same 404. A member of a group who is none of its owners is told
  that it takes one (403 \`owner_required\`).
`;

function isPage(row: PolicyRow): boolean {
  return row.page === true;
}

function rightOf(row: PolicyRow): string {
  if (row.of === undefined) return row.signedOutOnly ? "anyone; signed-in people are sent on" : WHO[row.who];
  const right = RELATION[row.of];
  return row.who === "user" && row.of !== "group_creator" ? `${right} (not guests)` : right;
}

function section(title: string, rows: [string, PolicyRow][], heading: string): string {
  const lines = rows.map(([name, row]) => `| \`${name}\` | ${rightOf(row)} |`);
  return [`## ${title}`, "", `| ${heading} | Who may |`, "|---|---|", ...lines, ""].join("\n");
}

/** The whole table as a page for people. */
export function renderPermissions(): string {
  const rows = Object.entries<PolicyRow>(POLICY);
  const commands = rows.filter(([name]) => name.startsWith("WS "));
  const routes = rows.filter(([name]) => !name.startsWith("WS "));
  return [
    HEAD,
    section(
      "Pages",
      routes.filter(([, row]) => isPage(row)),
      "Page",
    ),
    section(
      "Routes",
      routes.filter(([, row]) => !isPage(row)),
      "Route",
    ),
    section(
      "Commands on the socket",
      commands.map(([name, row]) => [name.slice(3), row]),
      "Command",
    ),
  ].join("\n");
}

if (import.meta.main) await writeFile(PERMISSIONS_FILE, renderPermissions());
