/** How a maximum is looked for. */
export interface Ramp {
  readonly from: number;
  /** By how much the rate grows from step to step until it is too much; then it is halved in so many times. */
  readonly factor: number;
  readonly bisections: number;
}

/** The step with the highest rate that went well, and the first that did not. */
export async function findMaximum<Step extends { problem: string | null }>(
  { from, factor, bisections }: Ramp,
  tryRate: (rate: number) => Promise<Step>,
): Promise<{ best: Step; problem: string | null }> {
  let [good, bad] = [from, from];
  let best = await tryRate(good);
  let next = best;
  while (best.problem !== null && good > from / 1_000) {
    [bad, next] = [good, best];
    good /= factor;
    best = await tryRate(good);
  }
  if (best.problem !== null) return { best, problem: best.problem };
  while (next.problem === null) {
    [good, best] = [bad, next];
    bad *= factor;
    next = await tryRate(bad);
  }
  let { problem } = next;
  for (let n = 0; n < bisections; n++) {
    const middle = Math.sqrt(good * bad);
    next = await tryRate(middle);
    if (next.problem === null) [good, best] = [middle, next];
    else [bad, problem] = [middle, next.problem];
  }
  return { best, problem };
}
