import type { Socket } from "node:net";
import { type ErrorCode, type Problem, sentenceOf } from "@confab/shared/errors";
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Log } from "../core/deps.ts";
import { AppError, isDatabaseAway, isDatabaseBusy, isStorageFull, sqlStateOf, TooOften } from "../core/errors.ts";
import { sendFormFailure } from "./forms.ts";
import { allowanceHeaders } from "./rate-limit.ts";

/** An error as RFC 9457 problem details. */
export function presentProblem(error: AppError, requestId?: string): Problem {
  return {
    type: `urn:confab:problem:${error.code}`,
    title: sentenceOf(error.code),
    status: error.status,
    code: error.code,
    message: error.message,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  401: "sign_in_required",
  404: "not_found",
  413: "body_too_large",
  415: "media_type_unsupported",
  429: "too_many_requests",
};

/**
 * Two acts waited for each other, and this one was given up for the other (deadlock); somebody held a row for too long
 * (lock_timeout); or it took too long (statement_timeout). It has changed nothing.
 */
const GIVEN_UP = new Set(["40P01", "55P03", "57014"]);

/** What was thrown, as one of ours. A fault that is nobody's input becomes server_error. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isStorageFull(error)) return new AppError("storage_full");
  if (isDatabaseBusy(error)) return new AppError("server_busy");
  if (isDatabaseAway(error)) return new AppError("database_unavailable");
  if (GIVEN_UP.has(sqlStateOf(error) ?? "")) return new AppError("server_busy");
  const { code, statusCode } = error as Partial<FastifyError>;
  if (code === "FST_ERR_CTP_EMPTY_JSON_BODY" || code === "FST_ERR_CTP_INVALID_JSON_BODY")
    return new AppError("json_malformed");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new AppError(CODE_OF_STATUS[statusCode] ?? "request_invalid");
  if (statusCode === 503) return new AppError("server_busy");
  return new AppError("server_error");
}

/** Logs what is a fault of ours. That there is too much to do at a moment is none, and saying so would be more of it. */
export function logFailure(log: Pick<Log, "debug" | "error">, error: unknown, known: AppError, facts = {}): void {
  if (known.status >= 500) log[known.code === "server_busy" ? "debug" : "error"]({ err: error, ...facts }, known.code);
}

/** Answers with a problem, whatever it was. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply {
  if (error.retryAfter !== null) void reply.header("retry-after", error.retryAfter);
  if (error instanceof TooOften) void reply.headers(allowanceHeaders(error.allowance));
  return reply
    .code(error.status)
    .type("application/problem+json; charset=utf-8")
    .header("cache-control", "no-store")
    .serializer((body: unknown) => JSON.stringify(body))
    .send(presentProblem(error, request.id));
}

/** The one place where failures become answers. */
export const errorHandler = fp(async (app: FastifyInstance) => {
  app.setErrorHandler((error, request, reply) => {
    const known = toAppError(error);
    logFailure(request.log, error, known);
    return sendFormFailure(request, reply, known) ?? sendProblem(request, reply, known);
  });
});

/** For failures before a route is found (a malformed URL): the error handler is not asked then. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void sendProblem(request, reply, toAppError(error));
}

const CODE_OF_PARSE_ERROR: Record<string, ErrorCode> = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
};

/** For bytes that never became a request: only the connection is there to answer on, and it ends with the answer. */
export function sendClientError(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const problem = presentProblem(new AppError(CODE_OF_PARSE_ERROR[error.code] ?? "request_invalid"));
  const body = JSON.stringify(problem);
  const headers = [
    // Not the names in "node:http": importing that loads all of fetch.
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.write(`${headers.join("\r\n")}\r\n\r\n${body}`);
  socket.destroy(error);
}
