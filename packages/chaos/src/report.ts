import { cpus } from "node:os";
import type { Figures } from "./figures.ts";
import type { Result } from "./run-family.ts";

const SIGNS = { passed: "✓", failed: "✗", skipped: "–" } as const;
const ms = (value: number | null) => (value === null ? "–" : `${value} ms`);

/** What is said of one family as soon as it is over. */
export function linesOf({ family, title, outcome, reasons, seconds, figures }: Result): string[] {
  const head = `${SIGNS[outcome]} ${family} ${title} (${seconds} s)`;
  const said = reasons.map((reason) => `    ${outcome === "skipped" ? "skipped: " : ""}${reason}`);
  return [head, ...(figures ? [`    ${sentenceOf(figures)}`] : []), ...said];
}

/** The same form as the other test commands have. */
export function lastLineOf(results: readonly Result[]): string {
  const count = (outcome: Result["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  const sum = (figure: "acknowledged" | "kills") =>
    results.reduce((total, { figures }) => total + (figures?.[figure] ?? 0), 0);
  const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
  return `${sum("acknowledged")} messages acknowledged, ${sum("kills")} kills\n${count("passed")} passed, ${count("failed")} failed${skipped}`;
}

/** What the page says of this run. */
export function figuresText(seed: string, date: Date, results: readonly Result[]): string {
  const day = date.toISOString().slice(0, 10);
  const facts = `${day}, seed ${seed}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}.`;
  const rows = results.map(
    ({ family, title, outcome, figures: f, reasons }) =>
      `| ${family} | ${title} | ${outcome === "skipped" ? `skipped: ${reasons[0]}` : outcome} | ${
        f === null
          ? "– | – | – | – | – | – | –"
          : [f.acknowledged, f.kills, f.lost, f.doubled, f.gaps, ms(f.delivery_p99), ms(f.recovery_max)].join(" | ")
      } |`,
  );
  const table = [
    "| | Fault | Outcome | Acknowledged | Kills | Lost | Doubled | Gaps | Delivery p99 | Recovery |",
    "|---|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ...rows,
  ];
  const beside = results.flatMap(({ family, figures }) => {
    const more = figures ? moreOf(figures) : [];
    return more.length > 0 ? [`- ${family}: ${more.join("; ")}.`] : [];
  });
  return ["", facts, "", ...table, "", ...beside, "", lastLineOf(results)].join("\n");
}

function moreOf(figures: Figures): string[] {
  return Object.entries(figures.more).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`);
}

function sentenceOf(figures: Figures): string {
  return [
    `acknowledged ${figures.acknowledged}, kills ${figures.kills}`,
    `lost ${figures.lost}, doubled ${figures.doubled}, gaps ${figures.gaps}`,
    `delivery p50 ${ms(figures.delivery_p50)}, p99 ${ms(figures.delivery_p99)}`,
    `resume p99 ${ms(figures.resume_p99)}, recovery ${ms(figures.recovery_max)}`,
    ...moreOf(figures),
  ].join("; ");
}
