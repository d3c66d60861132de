/** Something about the database that its operator has to put right. The message is one sentence for them. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
}

/** The code of a system error (ENOENT) or of a PostgreSQL error (28P01), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Turns what the driver threw while connecting into a sentence that says what to do. The password is never in it. */
export function explainConnectionError(error: unknown, databaseUrl: string): DatabaseError {
  const url = new URL(databaseUrl);
  const server = `${url.hostname || "localhost"}:${url.port || "5432"}`;
  const database = decodeURIComponent(url.pathname.slice(1));
  const role = decodeURIComponent(url.username);
  const reason = error instanceof Error ? error.message || (codeOf(error) ?? error.name) : String(error);
  const sentences: Record<string, string> = {
    "28P01": `PostgreSQL at ${server} refused the password of role "${role}". Check DATABASE_URL.`,
    "28000": `PostgreSQL at ${server} does not let role "${role}" in (${reason}). Check DATABASE_URL and pg_hba.conf.`,
    "3D000": `PostgreSQL at ${server} has no database "${database}". Create it, or check DATABASE_URL.`,
    "53300": `PostgreSQL at ${server} has no connection left for Confab. Raise max_connections or stop other clients.`,
    "57P03": `PostgreSQL at ${server} is still starting or shutting down. Try again in a moment.`,
    ENOTFOUND: `There is no host "${url.hostname}". Check DATABASE_URL.`,
    ECONNREFUSED: `No PostgreSQL answers at ${server}. Start it, or check DATABASE_URL.`,
  };
  const known = sentences[codeOf(error) ?? ""];
  return new DatabaseError(known ?? `PostgreSQL at ${server} cannot be reached (${reason}). Check DATABASE_URL.`, {
    cause: error,
  });
}
