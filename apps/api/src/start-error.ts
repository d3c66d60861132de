import { ConfigError } from "./core/config.ts";
import { AppError, isDatabaseAway } from "./core/errors.ts";
import { DatabaseError } from "./database/database-error.ts";

/** What keeps the server from starting, as a sentence for its operator; null when it is a fault of ours. */
export function explainStartError(error: unknown, port: number | undefined): string | null {
  if (error instanceof ConfigError || error instanceof DatabaseError) return error.message;
  if (error instanceof AppError && error.status === 409)
    return "ADMIN_USERNAME or ADMIN_EMAIL belongs to an account that is no administrator. Choose another.";
  if (isDatabaseAway(error)) return "The database does not answer in time. Try again in a moment.";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${port} is already in use. Set PORT to a free one, for example: PORT=${(port ?? 3000) + 1} npx -y pnpm@12 start`;
  if (code === "EACCES") return `This user may not open port ${port}. Set PORT to one above 1023.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return "This machine has no such address to listen on. Check HOST.";
  return null;
}

/** Says why and ends the process; a fault of ours is shown as it is. */
export function stopWith(error: unknown, port: number | undefined): never {
  const sentence = explainStartError(error, port);
  if (sentence === null) throw error;
  process.stderr.write(`\n${sentence}\n\n`);
  process.exit(1);
}
