import { z } from "zod";
import { textSchema } from "./text.ts";

/** The query of a list that comes in pages of at most `max`: `after` is the `next` of the page before. */
export function pageQueryShape(max: number) {
  return {
    after: textSchema({ max: 200 }).optional(),
    limit: z.coerce.number().int().min(1).max(max).optional(),
  };
}
export type PageQuery = { after?: string | undefined; limit?: number | undefined };

/** The `after` of the following page, null on the last one. */
export const nextSchema = z.string().nullable();
