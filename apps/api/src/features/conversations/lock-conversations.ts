import { type Sql, sql, type Tx } from "../../core/db.ts";

/**
 * Locks the conversations `c` that meet a condition until the transaction ends, and gives their ids: nobody else changes
 * them, who is in them, or writes into them.
 *
 * Whoever locks several things does so in this order, and no two acts wait for each other: who is administrator
 * (keepAnAdministrator), conversations in order of id, invites, accounts in order of id, and what belongs to an account. To
 * take a name or an address is to lock an account, also one that is only being made. And an account is locked at once as
 * firmly as will be needed: FOR UPDATE to change its name or address, FOR NO KEY UPDATE for the rest, FOR SHARE so that it
 * goes on working.
 */
export async function lockConversations(tx: Tx, condition: Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>(sql`
    SELECT c.id FROM conversations c WHERE ${condition} ORDER BY c.id FOR NO KEY UPDATE`);
  return rows.map((row) => row.id);
}
