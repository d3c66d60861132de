import { idSchema } from "@confab/shared/ids";
import { momentSchema } from "@confab/shared/text";
import { z } from "zod";
import { type Sql, sql } from "./db.ts";
import { invalidField } from "./errors.ts";

/** Where something stands in a list with the newest first: its moment, and among those of one moment its id. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

const placeSchema = z.tuple([momentSchema, idSchema]);

/** The place in the `after` of a page; null for the first one. Throws request_invalid for what is no page's `next`. */
export function readPlace(after: string | undefined): Place | null {
  if (after === undefined) return null;
  try {
    const [at, id] = placeSchema.parse(JSON.parse(Buffer.from(after, "base64url").toString()));
    return { at: new Date(at), id };
  } catch {
    throw invalidField("after", "must be the `next` of another page");
  }
}

/** Whether the moment and the id in these columns lie behind a place; null is before everything. */
export function isBehind(columns: Sql, place: Place | null): Sql {
  return place === null ? sql`true` : sql`(${columns}) < (${place.at}, ${place.id}::uuid)`;
}

/** A page out of its rows and one more, and the `next` of it: null if there is no more. */
export function cutPage<Row>(
  rows: Row[],
  limit: number,
  placeOf: (row: Row) => Place,
): { shown: Row[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { shown, next: last === undefined ? null : writePlace(placeOf(last)) };
}

function writePlace({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString("base64url");
}
