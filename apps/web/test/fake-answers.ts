import { type ErrorCode, sentenceOf, statusOf } from "@confab/shared/errors";

/** What the fake server answers with, as the real one writes it. */

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export function problem(code: ErrorCode): Response {
  const status = statusOf(code);
  return json({ type: `urn:confab:${code}`, title: code, status, code, message: sentenceOf(code) }, status);
}
