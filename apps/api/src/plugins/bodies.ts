import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import secureJson from "secure-json-parse";
import { AppError } from "../core/errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes strictly: the platform would silently replace what is not UTF-8, and something else would be stored. */
export function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new AppError("text_malformed");
  }
}

/** JSON from outside. Refuses what would poison a prototype. Throws json_malformed or text_malformed. */
export function parseJson(bytes: Buffer): unknown {
  const text = decodeUtf8(bytes);
  try {
    return secureJson.parse(text, { protoAction: "error", constructorAction: "error" });
  } catch {
    throw new AppError("json_malformed");
  }
}

/** A form as an object; a field that comes more than once becomes a list. */
export function parseForm(bytes: Buffer): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const pair of decodeUtf8(bytes).split("&")) {
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

/** The two kinds of body this server takes, both as strict UTF-8. Everything else is 415. */
export const bodies = fp(async (app: FastifyInstance) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
    parseJson(body),
  );
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    async (_request: unknown, body: Buffer) => parseForm(body),
  );
});
