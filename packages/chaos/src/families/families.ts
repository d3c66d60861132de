import type { Family } from "./family.ts";
import { nodeKilled } from "./t01-node-killed.ts";
import { databaseKilled } from "./t02-database-killed.ts";
import { bothKilled } from "./t03-both-killed.ts";
import { cutMidFrame } from "./t04-cut-mid-frame.ts";
import { lostAcknowledgement } from "./t05-lost-acknowledgement.ts";
import { stoppedReaders } from "./t06-stopped-readers.ts";
import { redisLost } from "./t07-redis-lost.ts";
import { oneOfTwoKilled } from "./t08-one-of-two-killed.ts";
import { rollingRestart } from "./t09-rolling-restart.ts";
import { wrongClock } from "./t11-wrong-clock.ts";
import { halfOpen } from "./t12-half-open.ts";
import { reconnectStorm } from "./t13-reconnect-storm.ts";
import { lockedRows } from "./t14-locked-rows.ts";
import { lostRights } from "./t15-lost-rights.ts";
import { subscribeRace } from "./t16-subscribe-race.ts";
import { drift } from "./t19-drift.ts";

/** Every kind of fault, in the order of their numbers. */
export const FAMILIES: readonly Family[] = [
  nodeKilled,
  databaseKilled,
  bothKilled,
  cutMidFrame,
  lostAcknowledgement,
  stoppedReaders,
  redisLost,
  oneOfTwoKilled,
  rollingRestart,
  wrongClock,
  halfOpen,
  reconnectStorm,
  lockedRows,
  lostRights,
  subscribeRace,
  drift,
];
