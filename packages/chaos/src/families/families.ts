import type { Family } from "./family.ts";
import { nodeKilled } from "./t01-node-killed.ts";
import { databaseKilled } from "./t02-database-killed.ts";
import { bothKilled } from "./t03-both-killed.ts";
import { cutMidFrame } from "./t04-cut-mid-frame.ts";
import { lostAcknowledgement } from "./t05-lost-acknowledgement.ts";
import { oneOfTwoKilled } from "./t08-one-of-two-killed.ts";
import { rollingRestart } from "./t09-rolling-restart.ts";
import { subscribeRace } from "./t16-subscribe-race.ts";

/** Every kind of fault, in the order of their numbers. */
export const FAMILIES: readonly Family[] = [
  nodeKilled,
  databaseKilled,
  bothKilled,
  cutMidFrame,
  lostAcknowledgement,
  oneOfTwoKilled,
  rollingRestart,
  subscribeRace,
];
