export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One line of the table. Bounds are of the ratio where there is one, of Confab's own figure otherwise. */
export interface Row {
  readonly scenario: string;
  readonly what: string;
  readonly unit: string;
  readonly confab: number;
  readonly limit?: number;
  readonly tutorial?: number;
  readonly ratio?: { readonly value: number; readonly to: string };
  readonly floor?: Bound;
  readonly target?: Bound;
  /** What the reader has to know about this figure. */
  readonly remark?: string;
}

export function isMet(row: Row, bound: Bound): boolean {
  const value = row.ratio?.value ?? row.confab;
  return value <= (bound.atMost ?? Number.POSITIVE_INFINITY) && value >= (bound.atLeast ?? Number.NEGATIVE_INFINITY);
}
