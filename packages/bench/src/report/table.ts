import { type Bound, isMet, type Row } from "./row.ts";

const HEAD = ["Scenario", "What", "Confab", "limit", "tutorial", "Ratio", "Floor", "Target", "Remark"];

/** The rows as a table in Markdown, which is also what a terminal can show. */
export function toTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  lines.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  return lines.join("\n");
}

function cellsOf(row: Row): string[] {
  return [
    row.scenario,
    `${row.what}${row.unit && `, ${row.unit}`}`,
    toText(row.confab),
    toText(row.limit),
    toText(row.tutorial),
    row.ratio ? `${toText(row.ratio.value)} × ${row.ratio.to}` : "",
    judge(row, row.floor),
    judge(row, row.target),
    row.remark ?? "",
  ];
}

function judge(row: Row, bound: Bound | undefined): string {
  if (!bound) return "";
  const text = bound.atMost === undefined ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`;
  return `${text} ${isMet(row, bound) ? "✓" : "✗ not met"}`;
}

/** Three digits that count, and no more. */
export function toText(value: number | undefined): string {
  if (value === undefined) return "";
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
