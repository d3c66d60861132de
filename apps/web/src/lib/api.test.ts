import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeServer } from "../../test/fake-server.ts";
import { ada, asMe } from "../../test/people.ts";
import { setSignedIn, useSession } from "../stores/session.store.ts";
import { api } from "./api.ts";
import { ApiError, fieldMessage } from "./api-error.ts";

const ID = "00000000-0000-7000-8000-0000000000c1";

function answerWith(body: string, init: ResponseInit): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, init)));
}

function problem(facts: object): string {
  return JSON.stringify({
    type: "about:blank",
    title: "t",
    status: 400,
    code: "request_invalid",
    message: "No.",
    ...facts,
  });
}

const failureOf = async (call: Promise<unknown>): Promise<ApiError> => {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`no ApiError: ${error}`);
  return error;
};

beforeEach(() => {
  setSignedIn(asMe(ada));
});

describe("a request", () => {
  it("names the address, the query and the body as the server expects them", async () => {
    const server = new FakeServer(ada);
    const id = server.addConversation([ada], ID);
    await api.listMessages(id, { before: 7, after: undefined, limit: 20 });
    await api.moveReadMarker(id, 0);
    expect(server.requests.map(({ method, path, query, body }) => [method, path, query.toString(), body])).toEqual([
      ["GET", `/api/v1/conversations/${ID}/messages`, "before=7&limit=20", undefined],
      ["PUT", `/api/v1/conversations/${ID}/read-marker`, "", { seq: 0 }],
    ]);
  });
});

describe("a failure", () => {
  it("carries the problem's code, sentence, fields and how long to wait", async () => {
    const errors = [{ field: "/username", message: "must not be empty" }];
    answerWith(problem({ code: "too_many_requests", message: "Slow down.", errors }), {
      status: 429,
      headers: { "retry-after": "3" },
    });
    const error = await failureOf(api.me());
    expect(error).toMatchObject({
      code: "too_many_requests",
      status: 429,
      message: "Slow down.",
      retryAfterMs: 3_000,
      errors,
    });
    expect([fieldMessage(error, "username"), fieldMessage(error, "email")]).toEqual(["must not be empty", null]);
  });

  it("without any answer is network_failed with status 0", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await failureOf(api.me())).toMatchObject({ code: "network_failed", status: 0 });
  });

  it("written by a proxy in between keeps its status", async () => {
    answerWith("<h1>Bad gateway</h1>", { status: 502 });
    expect(await failureOf(api.me())).toMatchObject({ code: "answer_malformed", status: 502 });
  });

  it("is also an answer of the wrong shape", async () => {
    answerWith('{"me":{"id":7}}', { status: 200 });
    expect(await failureOf(api.me())).toMatchObject({ code: "answer_malformed", status: 200 });
  });
});

describe("a 401", () => {
  it("signs the page out", async () => {
    answerWith(problem({ code: "sign_in_required" }), { status: 401 });
    await failureOf(api.listConversations());
    expect(useSession.getState()).toEqual({ status: "signed_out", me: null });
  });

  it("for a wrong password says nothing about the session", async () => {
    answerWith(problem({ code: "password_wrong" }), { status: 401 });
    await failureOf(api.login({ username: "Ada", password: "wrong" }));
    expect(useSession.getState().status).toBe("signed_in");
  });
});
