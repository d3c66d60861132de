import { expect } from "vitest";
import type { TestClient } from "./test-client.ts";

/** Expects that a list read in pages of two, each to be had by the `next` before, is what it is at once; gives that. */
export async function expectPages(client: TestClient, path: string, field: string): Promise<{ id: string }[]> {
  const whole = (await client.get(path)).body;
  expect(whole.next).toBeNull();
  const pages: unknown[][] = [];
  for (let after: string | null = ""; after !== null; ) {
    const { status, body } = await client.get(`${path}?limit=2${after && `&after=${encodeURIComponent(after)}`}`);
    expect(status).toBe(200);
    pages.push(body[field]);
    after = body.next;
  }
  const count = whole[field].length;
  expect(pages.map((page) => page.length)).toEqual(pages.map((_, n) => Math.min(2, count - 2 * n)));
  expect(pages.flat()).toEqual(whole[field]);
  // As many as there are is the last page: nothing follows.
  expect((await client.get(`${path}?limit=${count}`)).body).toEqual(whole);
  for (const [query, name] of [
    ["after=nonsense", "after"],
    [`after=${Buffer.from('["2026-01-01T00:00:00.000Z","1"]').toString("base64url")}`, "after"],
    ["limit=0", "limit"],
    ["limit=51", "limit"],
  ])
    expect(await client.get(`${path}?${query}`)).toMatchObject({
      status: 400,
      body: { code: "request_invalid", errors: [{ field: name }] },
    });
  return whole[field];
}
