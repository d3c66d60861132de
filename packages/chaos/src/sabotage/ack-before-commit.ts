import { rewriteSource } from "./rewrite-source.ts";

/** What is written is answered, and announced, some milliseconds before it is committed. */
rewriteSource("features/messages/messages.writer.ts", [
  ["return db.$queryRaw<Outcome[]>(sql`", "return answerBeforeCommit(db, sql`"],
  [
    "function uniqueById(",
    `function answerBeforeCommit(db: Db, statement: ReturnType<typeof sql>): Promise<Outcome[]> {
  return new Promise((resolve, reject) => {
    db.$transaction(async (tx) => {
      resolve(await tx.$queryRaw<Outcome[]>(statement));
      await new Promise((done) => setTimeout(done, 25));
    }).catch(reject);
  });
}

function uniqueById(`,
  ],
]);
