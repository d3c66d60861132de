import { growthOf, isLogarithmic, type ScalingLine } from "../scaling/dimension.ts";
import { toText } from "./table.ts";

/** A table in Markdown for each dimension: CPU and p50 at every size, and how the CPU grows. */
export function toScalingTables(lines: readonly ScalingLine[]): string {
  return Array.from(
    Map.groupBy(lines, ({ dimension }) => dimension),
    toScalingTable,
  ).join("\n\n");
}

function toScalingTable([dimension, lines]: [string, ScalingLine[]]): string {
  const sizes = (lines[0]?.sizes ?? []).map((size) => size.toLocaleString("en"));
  return [
    `| ${dimension} | ${sizes.join(" | ")} | Growth |`,
    `|---|${sizes.map(() => "--:|").join("")}---|`,
    ...lines.map((line) => {
      const costs = line.costs.map(({ cpu, p50 }) => `${toText(cpu)} ms, p50 ${toText(p50)}`);
      const verdict = isLogarithmic(line) ? "" : " ✗ more than logarithmic";
      return `| ${line.operation} | ${costs.join(" | ")} | ${toText(growthOf(line))} ×${verdict} |`;
    }),
  ].join("\n");
}
