import { rewriteSource } from "./rewrite-source.ts";

/** What is written is answered, and announced, some milliseconds before it is committed. */
rewriteSource("core/db.ts", [
  [
    "const { rows } = await pool.query({ name: nameOf({ sql: text }), text, values });",
    `const client = await pool.connect();
      await client.query("BEGIN");
      const { rows } = await client.query({ name: nameOf({ sql: text }), text, values }).catch((error) => {
        client.release(error);
        throw error;
      });
      const commit = () => client.query("COMMIT").then(() => client.release(), (error) => client.release(error));
      setTimeout(commit, 25);`,
  ],
]);
