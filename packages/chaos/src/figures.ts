import { type Evidence, keyOf, of, type Violation } from "./checker/evidence.ts";
import type { Scene } from "./supervisor/scene.ts";

/** What a family has measured. Times in milliseconds; null where nothing of the kind happened. */
export interface Figures {
  readonly acknowledged: number;
  readonly kills: number;
  readonly lost: number;
  readonly doubled: number;
  readonly gaps: number;
  /** From the acknowledgement to the frame on another person's live connection. */
  readonly delivery_p50: number | null;
  readonly delivery_p99: number | null;
  /** From the end of a connection to the next snapshot. */
  readonly resume_p99: number | null;
  /** From a fault to the first acknowledgement of something sent after it, at the worst. */
  readonly recovery_max: number | null;
  readonly more: Readonly<Record<string, number>>;
}

export function figuresOf(evidence: Evidence, violations: readonly Violation[], scene: Scene): Figures {
  const count = (...invariants: string[]) => violations.filter((each) => invariants.includes(each.invariant)).length;
  const deliveries = deliveryTimes(evidence);
  return {
    acknowledged: new Set(evidence.acknowledgements.map(({ conversation, id }) => keyOf(conversation, id))).size,
    kills: scene.kills,
    lost: count("I1"),
    doubled: count("I2"),
    gaps: count("I3", "I5", "I10"),
    delivery_p50: percentile(deliveries, 0.5),
    delivery_p99: percentile(deliveries, 0.99),
    resume_p99: percentile(resumeTimes(evidence), 0.99),
    recovery_max: percentile(recoveryTimes(evidence), 1),
    more: scene.figures,
  };
}

export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}

/** From each acknowledgement, of those between two moments, to every frame on another person's live connection. */
export function deliveryTimes(
  { records, acknowledgements }: Pick<Evidence, "records" | "acknowledgements">,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): number[] {
  const acknowledgedAt = new Map<string, number>();
  for (const { conversation, id, at } of acknowledgements) {
    const key = keyOf(conversation, id);
    acknowledgedAt.set(key, Math.min(at, acknowledgedAt.get(key) ?? at));
  }
  return of(records, "show").flatMap(({ conversation, id, by, at, person, sender }) => {
    const acknowledged = acknowledgedAt.get(keyOf(conversation, id));
    if (acknowledged === undefined || acknowledged < from || acknowledged > to) return [];
    if (by !== "live" || person === sender) return [];
    // A frame may overtake the acknowledgement.
    return [Math.max(0, at - acknowledged)];
  });
}

/** From the end of each connection to the next snapshot of the same client. */
export function resumeTimes({ records }: Evidence): number[] {
  const lostAt = new Map<string, number>();
  const times: number[] = [];
  for (const record of records) {
    if (record.op === "lost" && !lostAt.has(record.client)) lostAt.set(record.client, record.at);
    const since = record.op === "ready" ? lostAt.get(record.client) : undefined;
    if (since === undefined) continue;
    times.push(record.at - since);
    lostAt.delete(record.client);
  }
  return times;
}

function recoveryTimes({ records, acknowledgements, invocationsOf }: Evidence): number[] {
  const answered = acknowledgements
    .map(({ conversation, id, at }) => ({ at, sent: invocationsOf.get(keyOf(conversation, id))?.at(-1)?.at ?? at }))
    .toSorted((a, b) => a.at - b.at);
  return of(records, "fault").flatMap((fault) => {
    const first = answered.find(({ sent, at }) => sent > fault.at && at > fault.at);
    return first ? [first.at - fault.at] : [];
  });
}
