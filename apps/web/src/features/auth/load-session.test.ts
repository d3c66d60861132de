import { beforeEach, describe, expect, it } from "vitest";
import { FakeServer } from "../../../test/fake-server.ts";
import { ada, asMe } from "../../../test/people.ts";
import { useSession } from "../../stores/session.store.ts";
import { loadSession } from "./load-session.ts";

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer(ada);
});

describe("loadSession", () => {
  it("learns who is signed in", async () => {
    await loadSession();
    expect(useSession.getState()).toEqual({ status: "signed_in", me: asMe(ada) });
  });

  it("learns that nobody is, without failing", async () => {
    server.user = null;
    await loadSession();
    expect(useSession.getState()).toEqual({ status: "signed_out", me: null });
  });

  it("fails when the server cannot say, and leaves the question open", async () => {
    server.isReachable = false;
    await expect(loadSession()).rejects.toMatchObject({ code: "network_failed" });
    expect(useSession.getState().status).toBe("unknown");
  });
});
