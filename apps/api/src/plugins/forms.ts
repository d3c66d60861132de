import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { sendProblem, toAppError } from "./error-handler.ts";
import { setFlash } from "./flash.ts";
import { parseWith } from "./schema-compiler.ts";

/** A form of the reference: the same act answers a browser's form with a redirect, and a program's JSON with JSON. */
export interface FormPost<Body> {
  readonly schema: z.ZodType<Body>;
  /** Fields that are lists, though a form with one value sends plain text. */
  readonly listFields?: readonly string[];
  /** Where the form is, and where to go when it succeeded. */
  readonly page: string;
  readonly next: string;
  readonly act: (body: Body) => Promise<{ status: number; body: object; flash?: string }>;
}

/** Runs the act and answers in the manner of the question. */
export async function answerForm<Body>(
  request: FastifyRequest,
  reply: FastifyReply,
  form: FormPost<Body>,
): Promise<FastifyReply> {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  if (!isForm) {
    const answer = await form.act(parseWith(form.schema, request.body));
    return reply.code(answer.status).header("cache-control", "no-store").send(answer.body);
  }
  const fields = typedFields(request.body);
  try {
    const answer = await form.act(parseWith(form.schema, withLists(fields, form.listFields ?? [])));
    if (answer.flash !== undefined) setFlash(reply, { kind: "success", message: answer.flash });
    return reply.redirect(form.next, 303);
  } catch (error) {
    const known = toAppError(error);
    if (known.status >= 500) request.log.error({ err: error }, known.code);
    if (known.status >= 500) return sendProblem(request, reply, known);
    setFlash(reply, { kind: "error", message: known.message, values: shownAgain(fields) });
    return reply.redirect(form.page, 303);
  }
}

type Fields = Record<string, string | string[]>;

function typedFields(body: unknown): Fields {
  return typeof body === "object" && body !== null ? (body as Fields) : {};
}

function withLists(fields: Fields, names: readonly string[]): Fields {
  const lists = names.filter((name) => fields[name] !== undefined).map((name) => [name, [fields[name] ?? []].flat()]);
  return { ...fields, ...Object.fromEntries(lists) };
}

/** What was typed, to be shown in the form again. Never passwords; and no more than fits into a cookie. */
function shownAgain(fields: Fields): Record<string, string> {
  const texts = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && !entry[0].includes("password"),
  );
  return Object.fromEntries(texts.slice(0, 10).map(([name, text]) => [name, [...text].slice(0, 200).join("")]));
}
