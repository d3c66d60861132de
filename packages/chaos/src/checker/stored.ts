import { type Evidence, keyOf, type Violation } from "./evidence.ts";

// Invariants of what is stored: nothing acknowledged is lost (I1), nothing is twice (I2), the numbers have no gap (I3),
// nobody's messages overtake each other (I7), and unread counts are true (I9).

/** I1: every acknowledged message is in the database as it was sent, at the place that was promised. */
export function acknowledgedIsStored({ acknowledgements, storedById, invocationsOf }: Evidence): Violation[] {
  return acknowledgements.flatMap(({ conversation, id, seq, person }) => {
    const stored = storedById.get(keyOf(conversation, id));
    const sent = invocationsOf.get(keyOf(conversation, id))?.[0];
    const problem = !stored
      ? "is not in the database"
      : stored.seq !== seq
        ? `is stored as ${stored.seq}`
        : stored.sender !== person
          ? "is stored as somebody else's"
          : sent && stored.content !== sent.content
            ? "is stored with another content"
            : null;
    return problem === null ? [] : [{ invariant: "I1", message: `${id}, acknowledged as ${seq}, ${problem}` }];
  });
}

/** I2: an id is stored once, and whoever asks again is told the same place. */
export function idsAreUnique({ dump, acknowledgements }: Evidence): Violation[] {
  const stored = Map.groupBy(dump.messages, ({ conversation, id }) => keyOf(conversation, id));
  const answered = Map.groupBy(acknowledgements, ({ conversation, id }) => keyOf(conversation, id));
  const places = (rows: readonly { seq: number }[]) => [...new Set(rows.map(({ seq }) => seq))];
  return [
    ...Array.from(stored, ([key, rows]) => ({ key, rows, count: rows.length, what: "is stored" })),
    ...Array.from(answered, ([key, rows]) => ({ key, rows, count: places(rows).length, what: "was acknowledged" })),
  ].flatMap(({ key, rows, count, what }) =>
    count > 1
      ? [{ invariant: "I2", message: `${key} ${what} as ${places(rows).join(", ")} (${rows.length} times)` }]
      : [],
  );
}

/** I3: the messages of a conversation are numbered 1..last_seq, and their revisions rise with their numbers. */
export function numbersAreContiguous({ dump }: Evidence): Violation[] {
  return dump.conversations.flatMap(({ id, last_seq, revision }) => {
    const rows = dump.messages.filter(({ conversation }) => conversation === id).toSorted((a, b) => a.seq - b.seq);
    const problems = rows.flatMap((row, index) => {
      if (row.seq !== index + 1) return [`message ${row.seq} is in place ${index + 1}`];
      const before = rows[index - 1];
      return before && before.revision >= row.revision ? [`the revision of ${row.seq} does not rise`] : [];
    });
    if (rows.length !== last_seq) problems.push(`last_seq is ${last_seq}, but ${rows.length} messages are there`);
    const highest = rows.at(-1)?.revision ?? 0;
    if (highest > revision) problems.push(`its revision is ${revision}, a message's is ${highest}`);
    // One gap moves everything behind it: the first is enough.
    return problems.slice(0, 1).map((problem) => ({ invariant: "I3", message: `${id}: ${problem}` }));
  });
}

/**
 * I7: what was acknowledged before another message was first sent stands before it, whoever sent them; and what one
 * client said on one connection stands in the order in which it was said.
 */
export function orderIsKept(evidence: Evidence): Violation[] {
  const { invocationsOf, acknowledgements } = evidence;
  const sent = acknowledgements.flatMap((answer) => {
    const tries = invocationsOf.get(keyOf(answer.conversation, answer.id)) ?? [];
    return tries[0] ? [{ ...answer, first: tries[0], tries: tries.length }] : [];
  });
  const violations: Violation[] = [];
  for (const group of Map.groupBy(sent, ({ conversation }) => conversation).values()) {
    const answered = group.toSorted((a, b) => a.at - b.at);
    let next = 0;
    let highest = 0;
    for (const { id, seq, first } of group.toSorted((a, b) => a.first.at - b.first.at)) {
      for (let other = answered[next]; other && other.at < first.at; other = answered[++next])
        highest = Math.max(highest, other.seq);
      if (seq < highest)
        violations.push({ invariant: "I7", message: `${id} got ${seq} after ${highest} was acknowledged` });
    }
  }
  // A message that had to be sent again may have been overtaken by those behind it.
  const once = sent.filter(({ tries, first }) => tries === 1 && first.by === "socket");
  const lines = Map.groupBy(once, ({ client, conversation, first }) => `${client} ${first.connection} ${conversation}`);
  for (const line of lines.values())
    line
      .toSorted((a, b) => a.first.at - b.first.at)
      .forEach((each, index, all) => {
        const before = all[index - 1];
        if (before && before.seq > each.seq)
          violations.push({ invariant: "I7", message: `${each.id} was said after ${before.id} on one connection` });
      });
  return violations;
}

/** I9: what counts as unread, computed anew from the messages, is what the member's row and the server's answer say. */
export function unreadIsTrue({ dump, windows }: Evidence): Violation[] {
  return dump.members.flatMap(({ conversation, person, read_seq, uncounted }) => {
    const above = dump.messages.filter((row) => row.conversation === conversation && row.seq > read_seq);
    const own = above.filter(({ sender }) => sender === person).length;
    const unread = above.length - own;
    const told = windows
      .filter((window) => window.conversation === conversation && window.person === person)
      .flatMap((window) => window.records.flatMap((record) => (record.op === "converged" ? [record.unread] : [])));
    const problems = told
      .filter((each) => each !== unread)
      .map((each) => `${person} was told ${each} unread in ${conversation}; there are ${unread}`);
    if (own !== uncounted) problems.push(`${person} has ${own} own unread in ${conversation}, stored are ${uncounted}`);
    return problems.map((message) => ({ invariant: "I9", message }));
  });
}
