import { countOf } from "../../lib/titles.ts";

const USUAL_HOURS = [1, 4, 8, 24, 72, 168, 720];

function nameOf(hours: number): string {
  if (hours < 1) return countOf(Math.round(hours * 60), "minute");
  return hours % 24 === 0 ? countOf(hours / 24, "day") : countOf(hours, "hour");
}

/** How long a visit may last: the usual times, and the one that is set, which another program may have chosen freely. */
export function lifetimeChoices(currentHours: number): { value: string; label: string }[] {
  const all = [...new Set([...USUAL_HOURS, currentHours])].sort((a, b) => a - b);
  return all.map((hours) => ({ value: String(hours), label: nameOf(hours) }));
}
