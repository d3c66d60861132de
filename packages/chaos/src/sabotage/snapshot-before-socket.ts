import { rewriteSource } from "./rewrite-source.ts";

/** A connection is registered for events when its snapshot has been read, instead of before. */
rewriteSource("features/realtime/open-connection.ts", [
  ["  presence.came(connection);\n", ""],
  [
    "(snapshot) => connection.release(snapshot),",
    `(snapshot) => {
        presence.came(connection);
        connection.release(snapshot);
      },`,
  ],
]);
