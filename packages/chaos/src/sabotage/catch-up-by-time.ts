import { rewriteSource } from "./rewrite-source.ts";

/** Who catches up gets what is younger than the last message they have, instead of what has a higher revision. */
rewriteSource("features/messages/messages.pages.ts", [
  [
    `x.revision > \${afterRevision} AND`,
    `x.sent_from_server > coalesce((
        SELECT max(y.sent_from_server) FROM messages y
         WHERE y.conversation_id = x.conversation_id AND y.revision <= \${afterRevision}), '-infinity') AND`,
  ],
]);
