/** Servers that are wrong on purpose, and the family that has to find each of them out. */
export interface Sabotage {
  readonly name: string;
  readonly family: string;
  /** The module that makes the server so. */
  readonly preload: string;
}

const at = (file: string) => import.meta.resolve(`./${file}.ts`);

export const SABOTAGES: readonly Sabotage[] = [
  { name: "ack before commit", family: "T1", preload: at("ack-before-commit") },
  { name: "catch-up by timestamp", family: "T4", preload: at("catch-up-by-time") },
  { name: "snapshot before the socket is registered", family: "T16", preload: at("snapshot-before-socket") },
];
