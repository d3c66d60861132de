import { type ErrorCode, type FieldProblem, sentenceOf, statusOf } from "@confab/shared/errors";
import pg from "pg";
import { z } from "zod";
import type { Allowance } from "./token-bucket.ts";

/** Seconds until what was too much at this moment may have passed. */
const BUSY_SECONDS = 2;

/** A failure a caller is told about. Everything else that is thrown is a fault of ours: logged, answered with 500. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: FieldProblem[] | undefined;

  constructor(code: ErrorCode, errors?: FieldProblem[]) {
    super(errors?.[0] ? `${errors[0].field || "The body"} ${errors[0].message}.` : sentenceOf(code));
    this.code = code;
    this.status = statusOf(code);
    this.errors = errors;
  }

  /** Seconds after which the same may be tried again with a chance of success; null if that would not help. */
  get retryAfter(): number | null {
    return this.status === 503 ? BUSY_SECONDS : null;
  }
}

/** A 429 that says how much is allowed, and when it is again. */
export class TooOften extends AppError {
  readonly allowance: Allowance;

  constructor(allowance: Allowance) {
    super("too_many_requests");
    this.allowance = allowance;
  }

  override get retryAfter(): number {
    return Math.max(1, this.allowance.nextAfter);
  }
}

/** A 400 that names the one field at fault. */
export function invalidField(field: string, message: string): AppError {
  return new AppError("request_invalid", [{ field, message }]);
}

/** Prisma's codes for a database that cannot be reached, was closed under us, or had no connection to give … */
const AWAY_CODES = new Set(["P1000", "P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"]);
/** … and the system's, which the driver passes on. */
const AWAY_SYSTEM_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
  "EPIPE",
]);
/** The driver adapter's words for the same; raw statements carry them under Prisma's code for "a statement failed". */
const AWAY_KINDS = new Set([
  "DatabaseNotReachable",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
  "TlsConnectionError",
]);
/**
 * PostgreSQL's classes: connection lost (08), out of resources (53), shut down by an operator (57P); and a connection whose
 * statements were planned before another release changed the type of a column (0A000).
 */
const AWAY_STATES = /^(08|53|57P|0A000)/;
/** disk_full: no room for another page. Whatever is stored can be read, and what needs no new page is still written. */
const DISK_FULL = "53100";
/** What the driver and its pool throw, as plain errors, when a connection ends under a statement or none can be had. */
const AWAY_WORDS =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout|write EPIPE)/;

/** What Prisma passes on, untyped, of the driver's own account of a failure. */
const driverErrorSchema = z.object({
  meta: z.object({
    driverAdapterError: z.object({ cause: z.object({ kind: z.string(), originalCode: z.string().optional() }) }),
  }),
});

function driverCauseOf(error: unknown): { kind: string; originalCode?: string | undefined } | null {
  // Thrown by the driver itself, where nothing is between it and us.
  if (error instanceof pg.DatabaseError) return { kind: "postgres", originalCode: error.code };
  return driverErrorSchema.safeParse(error).data?.meta.driverAdapterError.cause ?? null;
}

/** Whether the database, rather than the request or our code, is why this was thrown. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  if (AWAY_CODES.has(code) || AWAY_SYSTEM_CODES.has(code)) return true;
  const cause = driverCauseOf(error);
  if (cause !== null) return AWAY_KINDS.has(cause.kind) || AWAY_STATES.test(cause.originalCode ?? "");
  return AWAY_WORDS.test(error.message);
}

/** Whether too many were waiting for the database (DatabasePool says so, and Prisma passes on no more than the code). */
export function isDatabaseBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === ("server_busy" satisfies ErrorCode);
}

/** Whether a statement took longer than it may (statement_timeout): asked again, it would take as long again. */
export function isTooSlow(error: unknown): boolean {
  return sqlStateOf(error) === "57014";
}

/** Whether the database could not store something for want of room on its disk. */
export function isStorageFull(error: unknown): boolean {
  return sqlStateOf(error) === DISK_FULL;
}

/** The SQLSTATE that PostgreSQL gave for a failed statement, if it did. */
export function sqlStateOf(error: unknown): string | null {
  return driverCauseOf(error)?.originalCode ?? null;
}
