import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { IS_ACTIVE } from "./users.service.ts";

/**
 * Makes sure that an account may lose its administrator's rights: somebody else who can sign in has them. Whoever has not
 * set a password yet may never do so, and does not count. Call it in the transaction of the act, before anything else is
 * locked. Throws last_administrator.
 */
export async function keepAnAdministrator(tx: Tx, userId: string): Promise<void> {
  // One at a time, until the commit: two administrators who deactivate each other would both find the other one there.
  await tx.$executeRaw(sql`SELECT pg_advisory_xact_lock(hashtext('confab administrators'))`);
  const isLast = await tx.$queryRaw<unknown[]>(sql`
    SELECT 1 FROM users a WHERE a.id = ${userId}::uuid AND a.role = 'admin' AND a.deactivated_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM users u WHERE u.role = 'admin' AND ${IS_ACTIVE}
                          AND u.password_hash IS NOT NULL AND u.id <> a.id)`);
  if (isLast.length > 0) throw new AppError("last_administrator");
}
