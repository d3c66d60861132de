import type { FieldProblem } from "@confab/shared/errors";
import type { FastifySchemaCompiler } from "fastify";
import { serializerCompiler } from "fastify-type-provider-zod";
import type { z } from "zod";
import { AppError } from "../core/errors.ts";
import { UNREADABLE_QUERY } from "./bodies.ts";

/** What zod found wrong, as fields and sentences. */
export function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const field = issue.path.map(String).join("/");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        field: field === "" ? key : `${field}/${key}`,
        message: "is not a known field",
      }));
    return [{ field, message: sentenceOfIssue(issue) }];
  });
}

function sentenceOfIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type")
    return /received undefined/.test(issue.message) ? "is required" : `must be ${article(issue.expected)}`;
  if (issue.code === "invalid_value") return `must be one of: ${issue.values.map(String).join(", ")}`;
  if (issue.code === "invalid_union") return "is not one of the known kinds";
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  return issue.message;
}

function article(kind: string): string {
  if (kind === "int") return "a whole number";
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** Parses with a schema, or throws request_invalid naming every field at fault. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new AppError("request_invalid", fieldProblems(parsed.error));
  return parsed.data;
}

const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (value: unknown) => {
    if (value === UNREADABLE_QUERY) return { error: new AppError("text_malformed") };
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return { error: new AppError("request_invalid", fieldProblems(parsed.error)) };
  };

/**
 * Requests are parsed and answers serialised by the shared schemas: nothing unknown comes in, nothing unlisted goes out.
 * Given to Fastify when it is made, so that it does not load compilers of its own that nobody would use.
 */
export const schemaCompilers = {
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's types know no other schemas here than those of its own compilers
  buildValidator: (): any => validatorCompiler,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  buildSerializer: (): any => serializerCompiler,
};
