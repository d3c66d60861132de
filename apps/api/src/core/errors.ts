import { type ErrorCode, type FieldProblem, sentenceOf, statusOf } from "@confab/shared/errors";

/** A failure a caller is told about. Everything else that is thrown is a fault of ours: logged, answered with 500. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: FieldProblem[] | undefined;

  constructor(code: ErrorCode, errors?: FieldProblem[]) {
    super(errors?.[0] ? `${errors[0].field} ${errors[0].message}.`.trimStart() : sentenceOf(code));
    this.code = code;
    this.status = statusOf(code);
    this.errors = errors;
  }
}

/** A 400 that names the one field at fault. */
export function invalidField(field: string, message: string): AppError {
  return new AppError("request_invalid", [{ field, message }]);
}

/** Prisma's codes for a database that cannot be reached, was closed under us, or had no connection to give. */
const AWAY_CODES = new Set(["P1000", "P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"]);
/** PostgreSQL's classes: connection lost (08), out of resources (53), shut down by an operator (57P). */
const AWAY_STATES = /^(08|53|57P)/;
const AWAY_WORDS = /ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|Connection terminated|timeout exceeded when trying to connect/;

/** Whether the database, rather than the request or our code, is why this was thrown. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && typeof error.code === "string" && AWAY_CODES.has(error.code)) return true;
  const state = sqlStateOf(error);
  if (state !== null && AWAY_STATES.test(state)) return true;
  return /Prisma|DriverAdapter/.test(error.name + error.constructor.name) && AWAY_WORDS.test(error.message);
}

/** The SQLSTATE that PostgreSQL gave for a failed raw statement, if it did. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const found = /Code: `([0-9A-Z]{5})`/.exec(error.message) ?? /"?originalCode"?: "([0-9A-Z]{5})"/.exec(error.message);
  return found?.[1] ?? null;
}
