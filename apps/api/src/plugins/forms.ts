import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { AppError } from "../core/errors.ts";
import { setFlash } from "./flash.ts";
import { parseWith } from "./schema-compiler.ts";

/** A form of the reference: the same act answers a browser's form with a redirect, and a program's JSON with JSON. */
export interface FormPost<Body> {
  readonly schema: z.ZodType<Body>;
  /** Fields that are lists, though a form with one value sends plain text. */
  readonly listFields?: readonly string[];
  /** Where to go when it succeeded. */
  readonly next: string;
  readonly act: (body: Body) => Promise<{ status: number; body: object; flash?: string }>;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The page whose form posts here: failures of a form lead back to it. */
    formPage?: string;
  }
}

/** Runs the act and answers in the manner of the question. What it throws is answered by the error handler. */
export async function answerForm<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  form: FormPost<Body>,
): Promise<FastifyReply> {
  if (!isForm(request)) {
    const answer = await form.act(parseWith(form.schema, request.body));
    return reply.code(answer.status).header("cache-control", "no-store").send(answer.body);
  }
  const fields = withLists(typedFields(request.body), form.listFields ?? []);
  const answer = await form.act(parseWith(form.schema, fields));
  if (answer.flash !== undefined) setFlash(reply, { kind: "success", message: answer.flash });
  return reply.redirect(form.next, 303);
}

/**
 * A failed form leads back to its page, which says what was wrong and keeps what was typed. Null when the request was
 * no form, the failure is ours and not the person's, or the form is another site's: that one gets no cookie from us.
 */
export function sendFormFailure(request: FastifyRequest, reply: FastifyReply, error: AppError): FastifyReply | null {
  const { formPage } = request.routeOptions.config;
  if (formPage === undefined || !isForm(request)) return null;
  if (error.status >= 500 || error.code === "origin_refused") return null;
  setFlash(reply, { kind: "error", message: error.message, values: shownAgain(typedFields(request.body)) });
  return reply.redirect(formPage, 303);
}

function isForm(request: FastifyRequest): boolean {
  return request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
}

type Fields = Record<string, string | string[]>;

function typedFields(body: unknown): Fields {
  return typeof body === "object" && body !== null ? (body as Fields) : {};
}

function withLists(fields: Fields, names: readonly string[]): Fields {
  const lists = names.filter((name) => fields[name] !== undefined).map((name) => [name, [fields[name] ?? []].flat()]);
  return { ...fields, ...Object.fromEntries(lists) };
}

/** What opens something: never kept in a cookie. */
const SECRETS = /password|invite|token/;

/** What was typed, to be shown in the form again. No secrets; and no more than fits into a cookie. */
function shownAgain(fields: Fields): Record<string, string> {
  const texts = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && !SECRETS.test(entry[0]),
  );
  return Object.fromEntries(texts.slice(0, 10).map(([name, text]) => [name, [...text].slice(0, 200).join("")]));
}
