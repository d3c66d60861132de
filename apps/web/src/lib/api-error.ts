import { type ErrorCode, type FieldProblem, type Problem, problemSchema } from "@confab/shared/errors";

/** What a server's problem table cannot contain: the answer that never came, and the one that made no sense. */
export type ApiErrorCode = ErrorCode | "network_failed" | "answer_malformed";

const NETWORK_FAILED = "The server cannot be reached. Check your connection and try again.";
const ANSWER_MALFORMED = "The server gave an answer that could not be understood. Try again in a moment.";

/** Refusals that are about one field of a form, though they name none. */
const FIELD_OF: Partial<Record<ErrorCode, string>> = { username_taken: "username", email_taken: "email" };

/** Every way a call of `api` can fail. `message` is a sentence for a person; `status` 0 means no answer came. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly errors: FieldProblem[];
  readonly retryAfterMs: number | null;

  constructor(
    code: ApiErrorCode,
    facts: { status: number; message: string; errors?: FieldProblem[]; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(facts.message, { cause: facts.cause });
    this.code = code;
    this.status = facts.status;
    this.errors = facts.errors ?? [];
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

export function networkFailed(cause: unknown): ApiError {
  return new ApiError("network_failed", { status: 0, message: NETWORK_FAILED, cause });
}

export function answerMalformed(status: number, cause?: unknown, retryAfterMs: number | null = null): ApiError {
  return new ApiError("answer_malformed", { status, message: ANSWER_MALFORMED, retryAfterMs, cause });
}

/** An answer outside 2xx. A proxy in between may have written it, so its body is not trusted to be a problem. */
export function refusedBy(response: Response, body: unknown): ApiError {
  const retryAfterMs = retryAfterOf(response.headers.get("retry-after"));
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return answerMalformed(response.status, parsed.error, retryAfterMs);
  const problem: Problem = parsed.data;
  return new ApiError(problem.code, {
    status: response.status,
    message: problem.message,
    errors: problem.errors ?? fieldProblemsOf(problem),
    retryAfterMs,
  });
}

function fieldProblemsOf({ code, message }: Problem): FieldProblem[] {
  const field = FIELD_OF[code];
  return field === undefined ? [] : [{ field, message }];
}

/** The sentence about one form field, named without the leading slash of its JSON pointer; null when it is fine. */
export function fieldMessage(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.errors.find((problem) => problem.field.replace(/^\//, "") === field)?.message ?? null;
}

/** What to show when something failed: an ApiError speaks for itself, anything else is a fault of the page. */
export function sentenceFor(error: unknown): string {
  return error instanceof ApiError ? error.message : "Something went wrong on this page. Reload it and try again.";
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3). */
function retryAfterOf(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
