import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import secureJson from "secure-json-parse";
import { z } from "zod";
import { AppError, invalidField } from "../core/errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes strictly: the platform would silently replace what is not UTF-8, and something else would be stored. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AppError("text_malformed");
  }
}

/** JSON from outside. Throws json_malformed or text_malformed, and request_invalid for what would poison a prototype. */
export function parseJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  try {
    return secureJson.parse(text, { protoAction: "error", constructorAction: "error" });
  } catch (error) {
    const isPoison = error instanceof Error && error.message.includes("forbidden prototype");
    throw isPoison
      ? invalidField("", "must not hold __proto__ or constructor.prototype")
      : new AppError("json_malformed");
  }
}

type Fields = Record<string, string | string[]>;

/** A form as an object; a field that comes more than once becomes a list. */
export function parseForm(bytes: Buffer): Fields {
  return parseFields(decodeUtf8(bytes));
}

/** What stands for a query that is no text: the router, which asks for it to be parsed, cannot take a failure. */
export const UNREADABLE_QUERY: Fields = Object.freeze({});

/** A query string in the same way as a form, or UNREADABLE_QUERY. */
export function parseQuery(text: string): Fields {
  try {
    return parseFields(text);
  } catch {
    return UNREADABLE_QUERY;
  }
}

function parseFields(text: string): Fields {
  const fields = new Map<string, string | string[]>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = unescapeForm(at < 0 ? pair : pair.slice(0, at));
    const value = unescapeForm(at < 0 ? "" : pair.slice(at + 1));
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}

function unescapeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new AppError("text_malformed");
  }
}

/** What says it is in another encoding would be read as something else than was meant. */
function refuseOtherCharsets(request: FastifyRequest): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(request.headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new AppError("media_type_unsupported");
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** Many programs name a type of body with every request, also with those that have none. */
    mayBeEmpty?: true;
  }
}

/** For acts of which nothing is told but whom they concern; what is told all the same was meant for something else. */
export const WITHOUT_BODY = { config: { mayBeEmpty: true }, body: z.strictObject({}).nullish() } as const;

/** The two kinds of body this server takes, both as strict UTF-8. Everything else is 415. */
export const bodies = fp(async (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  for (const [type, parse] of [
    ["application/json", parseJson],
    ["application/x-www-form-urlencoded", parseForm],
  ] as const)
    app.addContentTypeParser(type, { parseAs: "buffer" }, async (request: FastifyRequest, body: Buffer) => {
      refuseOtherCharsets(request);
      if (body.length === 0 && request.routeOptions.config.mayBeEmpty) return undefined;
      return parse(body);
    });
});
