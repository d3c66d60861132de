import type { Extent } from "../supervisor/scene.ts";

/** A server that is wrong on purpose: which source text is another, and the family that has to find it out. */
export interface Sabotage {
  readonly name: string;
  readonly family: string;
  /** How much of it that takes. */
  readonly extent: Extent;
  /** Below the server's sources. */
  readonly file: string;
  readonly changes: readonly (readonly [expected: string, replacement: string])[];
}

export const SABOTAGES: readonly Sabotage[] = [
  {
    // What is written is answered, and announced, some milliseconds before it is committed.
    name: "ack before commit",
    family: "T1",
    extent: "brief",
    file: "core/db.ts",
    changes: [
      [
        "const { rows } = await pool.query({ name: nameOf({ sql: text }), text, values });",
        `const client = await pool.connect();
      await client.query("BEGIN");
      const { rows } = await client.query({ name: nameOf({ sql: text }), text, values }).catch((error) => {
        client.release(error);
        throw error;
      });
      const commit = () => client.query("COMMIT").then(() => client.release(), (error) => client.release(error));
      setTimeout(commit, 25);`,
      ],
    ],
  },
  {
    // Who catches up gets what is younger than the last message they have, instead of what has a higher revision.
    name: "catch-up by timestamp",
    family: "T4",
    extent: "quick",
    file: "features/messages/messages.pages.ts",
    changes: [
      [
        "y.revision > asked.after_revision AND",
        `y.sent_from_server > coalesce((
        SELECT max(z.sent_from_server) FROM messages z
         WHERE z.conversation_id = y.conversation_id AND z.revision <= asked.after_revision), '-infinity') AND`,
      ],
    ],
  },
  {
    // A connection is registered for events when its snapshot has been read, instead of before.
    name: "snapshot before the socket is registered",
    family: "T16",
    extent: "brief",
    file: "features/realtime/open-connection.ts",
    changes: [
      ["  presence.came(connection);\n", ""],
      [
        "({ ready, audiences }) => connection.release(ready, presence.framesFor(audiences)),",
        `({ ready, audiences }) => {
      presence.came(connection);
      connection.release(ready, presence.framesFor(audiences));
    },`,
      ],
    ],
  },
];

/** The text with the sabotage in it. Throws when it is not there to be replaced: no sabotage shall be lost by a change. */
export function sabotaged(source: string, { file, changes }: Sabotage): string {
  return changes.reduce((text, [expected, replacement]) => {
    const parts = text.split(expected);
    if (parts.length !== 2) throw new Error(`${file} has not exactly one "${expected.trim()}" to sabotage`);
    return parts.join(replacement);
  }, source);
}
