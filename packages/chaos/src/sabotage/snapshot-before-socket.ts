import { rewriteSource } from "./rewrite-source.ts";

/** A connection is registered for events when its snapshot has been read, instead of before. */
rewriteSource("features/realtime/open-connection.ts", [
  ["  presence.came(connection);\n", ""],
  [
    "({ ready, audiences }) => connection.release(ready, presence.framesFor(audiences)),",
    `({ ready, audiences }) => {
        presence.came(connection);
        connection.release(ready, presence.framesFor(audiences));
      },`,
  ],
]);
