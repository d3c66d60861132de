import type { AccountKind, AccountSort, ListAccountsAnswer, ListAccountsQuery } from "@confab/shared/accounts";
import { idSchema } from "@confab/shared/ids";
import { USERNAME_MAX, USERS_PAGE_MAX } from "@confab/shared/limits";
import { momentSchema, textSchema } from "@confab/shared/text";
import { ask, type Sql, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { invalidField } from "../../core/errors.ts";
import type { Principal } from "../../plugins/session.ts";
import { nameContains } from "../users/users.service.ts";
import { ACCOUNT_COLUMNS, LIVE_SESSIONS } from "./accounts.access.ts";
import { type AccountRow, presentAccount } from "./accounts.present.ts";

/** The key of a name may be longer than the name: some letters become two in lower case. */
const nameKeySchema = textSchema({ min: 1, max: 2 * USERNAME_MAX });

/** No account is at two places of an order, so that a page ends between two accounts and never within equals. */
const ORDER: Record<AccountSort, Sql> = {
  name: sql`u.username_key`,
  newest: sql`u.created_at DESC, u.id DESC`,
  oldest: sql`u.created_at, u.id`,
};

/**
 * A page of everybody but the caller. Deleted accounts are in none. Guests whose time is up are there, until they are
 * tidied away. Throws request_invalid for an `after` that was not given out for this order.
 */
export async function listAccounts(
  deps: Pick<Deps, "db">,
  caller: Principal,
  query: ListAccountsQuery,
): Promise<ListAccountsAnswer> {
  const { sort = "name", limit = USERS_PAGE_MAX } = query;
  const typed = nameContains(query.query ?? "");
  // Sessions are counted for the accounts of the page only.
  const rows = await ask<AccountRow & { username_key: string }>(
    deps.db,
    sql`
    SELECT ${ACCOUNT_COLUMNS}, u.username_key
      FROM (SELECT * FROM users u
             WHERE u.id <> ${caller.user_id}::uuid AND u.deleted_at IS NULL AND ${isOfKind(query.kind)}
               AND (u.username_key LIKE ${typed} OR u.email LIKE ${typed}) AND ${comesAfter(sort, query.after)}
             ORDER BY ${ORDER[sort]} LIMIT ${limit + 1}) u ${LIVE_SESSIONS}
     ORDER BY ${ORDER[sort]}`,
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { accounts: shown.map(presentAccount), next: last ? placeOf(sort, last) : null };
}

/** Every account is of exactly one kind. */
function isOfKind(kind: AccountKind | undefined): Sql {
  if (kind === undefined) return sql`true`;
  if (kind === "deactivated") return sql`u.deactivated_at IS NOT NULL`;
  return sql`(u.deactivated_at IS NULL AND u.role = ${kind}::role)`;
}

/** Where an account stands in an order, as text for `next` and `after`. */
function placeOf(sort: AccountSort, row: { id: string; username_key: string; created_at: Date }): string {
  return sort === "name" ? `name ${row.username_key}` : `${sort} ${row.created_at.toISOString()} ${row.id}`;
}

function comesAfter(sort: AccountSort, place: string | undefined): Sql {
  if (place === undefined) return sql`true`;
  const invalid = invalidField("after", "is not the next of a page in this order");
  if (!place.startsWith(`${sort} `)) throw invalid;
  const key = place.slice(sort.length + 1);
  if (sort === "name") {
    if (!nameKeySchema.safeParse(key).success) throw invalid;
    return sql`u.username_key > ${key}`;
  }
  const [moment, id, ...rest] = key.split(" ");
  if (!momentSchema.safeParse(moment).success || !idSchema.safeParse(id).success || rest.length > 0) throw invalid;
  const at = sql`(${moment}::timestamptz, ${id}::uuid)`;
  return sort === "newest" ? sql`(u.created_at, u.id) < ${at}` : sql`(u.created_at, u.id) > ${at}`;
}
