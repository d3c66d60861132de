import type { HistoryRecord, Show } from "../history/records.ts";
import { type Acknowledgement, type Evidence, keyOf, of, type Violation, type WindowHistory } from "./evidence.ts";

// Invariants of what people saw: the same at the same place (I4), without holes (I5), nothing that was refused or never
// sent (I6), nothing after a right was lost (I8), and in the end everything (I10).

/** I4: what anybody was shown at a place is what the database has there, so everybody was shown the same. */
export function everybodySeesTheSame({ records, storedBySeq }: Evidence): Violation[] {
  return of(records, "show").flatMap(({ client, conversation, seq, id, sender, content }) => {
    const stored = storedBySeq.get(keyOf(conversation, seq));
    if (stored?.id === id && stored.sender === sender && stored.content === content) return [];
    const what = stored ? `${stored.id} by ${stored.sender}` : "nothing";
    return [{ invariant: "I4", message: `${client} was shown ${id} by ${sender} as ${seq}; stored is ${what}` }];
  });
}

/** I5: a window grows by one message after the other; what it has when it says it is level is everything up to there. */
export function windowsHaveNoHoles(evidence: Evidence): Violation[] {
  return [...evidence.windows.flatMap(holesIn), ...staleSnapshots(evidence)];
}

function holesIn({ client, conversation, records }: WindowHistory): Violation[] {
  const problems: string[] = [];
  let next = 1;
  for (const record of records) {
    if (record.op === "window") next = record.from;
    if (record.op === "hole") problems.push(`connection ${record.connection} skips revision ${record.revision}`);
    if (record.op === "synced" && record.seq >= next)
      problems.push(`level with ${record.seq}, but ${next} is not there`);
    if (record.op !== "show") continue;
    if (record.seq !== next) problems.push(`shows ${record.seq} where ${next} should be`);
    next = Math.max(next, record.seq + 1);
  }
  return problems.map((problem) => ({ invariant: "I5", message: `${client} in ${conversation}: ${problem}` }));
}

/** What was acknowledged before a connection was asked for is in its snapshot. */
function staleSnapshots({ records, acknowledgements }: Evidence): Violation[] {
  const askedAt = new Map(of(records, "connect").map(({ client, connection, at }) => [`${client} ${connection}`, at]));
  const heads = new Map(
    Array.from(
      Map.groupBy(acknowledgements, (each) => each.conversation),
      ([id, all]) => [id, risingHeads(all)],
    ),
  );
  return of(records, "ready").flatMap(({ client, connection, conversation, seq }) => {
    const asked = askedAt.get(`${client} ${connection}`);
    if (asked === undefined) return [];
    const head = (heads.get(conversation) ?? []).findLast(({ at }) => at < asked)?.seq ?? 0;
    const message = `${client}'s snapshot of ${conversation} ends at ${seq}, although ${head} was acknowledged before`;
    return head > seq ? [{ invariant: "I5", message }] : [];
  });
}

function risingHeads(acknowledgements: readonly Acknowledgement[]): { at: number; seq: number }[] {
  let highest = 0;
  return acknowledgements
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, seq }) => {
      highest = Math.max(highest, seq);
      return { at, seq: highest };
    });
}

/** I6: nothing is shown or stored that was refused, or that nobody has sent with this content. */
export function nothingIsMadeUp({ records, dump, refusals, invocationsOf }: Evidence): Violation[] {
  const refused = new Set(refusals.map(({ conversation, id, content }) => `${conversation} ${id} ${content}`));
  const seen = [
    ...of(records, "show").map((show) => ({ ...show, where: `shown to ${show.client}` })),
    ...dump.messages.map((message) => ({ ...message, where: "stored" })),
  ];
  return seen.flatMap(({ conversation, id, content, sender, where }) => {
    const tries = invocationsOf.get(keyOf(conversation, id)) ?? [];
    const isRefused = refused.has(`${conversation} ${id} ${content}`);
    const isSent = tries.some((sent) => sent.content === content && sent.person === sender);
    if (!isRefused && isSent) return [];
    return [{ invariant: "I6", message: `${id} is ${where}, but ${isRefused ? "it was refused" : "nobody sent it"}` }];
  });
}

/** I8: after a right is lost, and the time allowed for it, nothing more comes; and what is sent after it, never. */
export function lostRightsStayLost({ records, invocationsOf }: Evidence): Violation[] {
  return of(records, "revoked").flatMap(({ person, conversation, at, budget_ms }) => {
    const theirs = records.filter(
      (record) => record.person === person && (conversation === null || isIn(record, conversation)),
    );
    const late = theirs.filter((record) => isAccess(record) && record.at > at + budget_ms);
    const forbidden = of(theirs, "show").filter(
      (show) => sentAt(invocationsOf, show) > at && show.at <= at + budget_ms,
    );
    return [
      ...late.map(
        (record) => `${record.client} ${record.op} ${Math.round(record.at - at)} ms after the right was lost`,
      ),
      ...forbidden.map((show) => `${show.client} was shown ${show.id}, sent after the right was lost`),
    ].map((message) => ({ invariant: "I8", message }));
  });
}

const isIn = (record: HistoryRecord, conversation: string) =>
  "conversation" in record && record.conversation === conversation;

function isAccess(record: HistoryRecord): boolean {
  return record.op === "show" || record.op === "ready" || (record.op === "send" && record.phase === "ok");
}

function sentAt(invocationsOf: Evidence["invocationsOf"], { conversation, id }: Show): number {
  return invocationsOf.get(keyOf(conversation, id))?.[0]?.at ?? Number.NEGATIVE_INFINITY;
}

/**
 * I10: in the end every client that still may has everything from the beginning of its window to the last message, and its
 * list of conversations is what a fresh snapshot says.
 */
export function everybodyConverges(evidence: Evidence): Violation[] {
  const drifts = of(evidence.records, "drift").map(
    ({ client, conversation, what }) => `${client} in ${conversation}: ${what}`,
  );
  return [...drifts, ...unfinishedWindows(evidence)].map((message) => ({ invariant: "I10", message }));
}

function unfinishedWindows({ windows, records, dump, storedBySeq }: Evidence): string[] {
  const revoked = of(records, "revoked");
  const lastSeqs = new Map(dump.conversations.map(({ id, last_seq }) => [id, last_seq]));
  return windows.flatMap(({ client, person, conversation, records: own }) => {
    const isOut = revoked.some((each) => each.person === person && [null, conversation].includes(each.conversation));
    const isReader = own.some(({ op }) => op === "ready");
    const last = lastSeqs.get(conversation);
    if (isOut || !isReader || last === undefined) return [];
    const said = of(own, "converged").at(-1);
    const begun = own.findLastIndex(({ op }) => op === "window");
    const from = of(own, "window").at(-1)?.from ?? 1;
    const shown = new Set(of(own.slice(begun + 1), "show").map(({ seq, id }) => `${seq} ${id}`));
    const missing = Array.from({ length: Math.max(0, last - from + 1) }, (_, n) => n + from).filter(
      (seq) => !shown.has(`${seq} ${storedBySeq.get(keyOf(conversation, seq))?.id}`),
    );
    const problem = !said
      ? "never came to rest"
      : said.seq !== last
        ? `came to rest at ${said.seq} of ${last}`
        : missing.length > 0
          ? `lacks ${missing.slice(0, 5).join(", ")} (${missing.length} of ${last})`
          : null;
    return problem === null ? [] : [`${client} in ${conversation} ${problem}`];
  });
}
