/** Longer than any answer may take by the promises; afterwards nobody knows what became of the request. */
const PATIENCE_MS = 6_000;

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the server answers is judged by the checker, not by a type
  readonly body: any;
  readonly cookies: readonly string[];
}

/** One request to the server. Throws when there is no whole answer. */
export async function request(
  url: string,
  cookie: string | null,
  method = "GET",
  body?: unknown,
  patienceMs = PATIENCE_MS,
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(cookie === null ? {} : { cookie }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return {
    status: response.status,
    body: isJson && text !== "" ? JSON.parse(text) : text,
    cookies: response.headers.getSetCookie(),
  };
}

/** Whether an answer says that nothing was done, for good: everything else may be tried again with the same id. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
