import { sql, type Tx } from "../../core/db.ts";
import { AppError } from "../../core/errors.ts";
import { IS_ACTIVE } from "./users.service.ts";

/**
 * Makes sure that an account may lose its administrator's rights: somebody else who can sign in has them. Call it in the
 * transaction of the act, before anything else is locked. Throws last_administrator.
 */
export async function keepAnAdministrator(tx: Tx, userId: string): Promise<void> {
  // One at a time, until the commit: two administrators who deactivate each other would both find the other one there.
  await tx.$executeRaw(sql`SELECT pg_advisory_xact_lock(hashtext('confab administrators'))`);
  const administrators = await tx.$queryRaw<{ id: string }[]>(sql`
    SELECT u.id FROM users u WHERE u.role = 'admin' AND ${IS_ACTIVE} ORDER BY (u.id = ${userId}::uuid) DESC LIMIT 2`);
  if (administrators.length === 1 && administrators[0]?.id === userId) throw new AppError("last_administrator");
}
