import { Readable } from "node:stream";
import type { AuditFilter } from "@confab/shared/audit";
import { ask } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { auditPage } from "./audit.pages.ts";
import type { AuditRow } from "./audit.present.ts";

/** Rows fetched at a time. */
const BATCH = 500;

const COLUMNS: Record<string, (row: AuditRow) => string | null> = {
  at: (row) => row.at.toISOString(),
  action: (row) => row.action,
  actor: (row) => row.actor_username,
  actor_id: (row) => row.actor_id,
  user: (row) => row.user_username,
  user_id: (row) => row.user_id,
  conversation: (row) => row.conversation_name,
  conversation_id: (row) => row.conversation_id,
  address: (row) => row.address,
  details: (row) => row.details && JSON.stringify(row.details),
};

/**
 * What was noted and fits the filter, the newest first, as CSV (RFC 4180), as a stream: a batch is fetched when the one
 * before has been taken off our hands, so memory stays the same for a hundred events and for a million.
 */
export function streamAuditCsv(deps: Pick<Deps, "db">, filter: AuditFilter): Readable {
  return Readable.from(writeCsv(deps, filter), { objectMode: false });
}

async function* writeCsv(deps: Pick<Deps, "db">, filter: AuditFilter): AsyncGenerator<string> {
  yield writeLine(Object.keys(COLUMNS));
  const cellsOf = Object.values(COLUMNS);
  let last: AuditRow | null = null;
  do {
    const rows: AuditRow[] = await ask<AuditRow>(deps.db, auditPage(filter, last, BATCH));
    if (rows.length > 0) yield rows.map((row) => writeLine(cellsOf.map((cellOf) => cellOf(row)))).join("");
    last = rows[BATCH - 1] ?? null;
  } while (last !== null);
}

function writeLine(cells: (string | null)[]): string {
  return `${cells.map((cell) => writeCell(cell ?? "")).join(",")}\r\n`;
}

/** A name that a spreadsheet would take for a formula and run is told apart from one by a quote before it. */
function writeCell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
