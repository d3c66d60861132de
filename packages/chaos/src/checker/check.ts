import type { Dump, HistoryRecord } from "../history/records.ts";
import { gather, type Violation } from "./evidence.ts";
import {
  everybodyConverges,
  everybodySeesTheSame,
  lostRightsStayLost,
  nothingIsMadeUp,
  windowsHaveNoHoles,
} from "./shown.ts";
import { acknowledgedIsStored, idsAreUnique, numbersAreContiguous, orderIsKept, unreadIsTrue } from "./stored.ts";

const INVARIANTS = [
  acknowledgedIsStored,
  idsAreUnique,
  numbersAreContiguous,
  everybodySeesTheSame,
  windowsHaveNoHoles,
  nothingIsMadeUp,
  orderIsKept,
  lostRightsStayLost,
  unreadIsTrue,
  everybodyConverges,
];

/** Every promise of I1–I10 that these histories and this database show to be broken. Pure: the same in, the same out. */
export function check(records: readonly HistoryRecord[], dump: Dump): Violation[] {
  const evidence = gather(records, dump);
  return INVARIANTS.flatMap((invariant) => invariant(evidence));
}
