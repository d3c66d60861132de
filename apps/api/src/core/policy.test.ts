import { commandSchema } from "@confab/shared/commands";
import { referenceFrameSchema } from "@confab/shared/reference";
import type { FastifyInstance } from "fastify";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { makeTinyWebApp } from "../../test/tiny-web-app.ts";
import { session } from "../plugins/session.ts";
import { isEnough, POLICY, type PolicyRow, policyOf } from "./policy.ts";

let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;

beforeAll(async () => {
  web = await makeTinyWebApp();
  server = await startServer({}, { distDir: web.distDir });
});
afterAll(async () => {
  await server.stop();
  await web.remove();
});

const ROWS = Object.entries<PolicyRow>(POLICY);
const ROUTES = ROWS.filter(([name]) => !name.startsWith("WS "));

describe("the policy table", () => {
  it.each(ROUTES.map(([name]) => name))("has a route for %s", (name) => {
    const [method = "", url = ""] = name.split(" ");
    // The router keeps the bare star of the CORS plugin's preflight route under this name.
    expect(server.app.hasRoute({ method, url: url === "*" ? "/*" : url })).toBe(true);
  });

  it("has a row for every command of the socket and every frame of the reference, and no other", () => {
    const native = commandSchema.options.map((option) => option.shape.type.value);
    const reference = referenceFrameSchema.options.map((option) => option.shape.message_type.value);
    const commands = [...native, ...reference].map((name) => `WS ${name}`);
    const rows = ROWS.map(([name]) => name).filter((name) => name.startsWith("WS "));
    expect(rows.sort()).toEqual(commands.sort());
  });

  it("ranks anyone below guest below user below admin", () => {
    const enough = (role: "admin" | "user" | "guest" | null) =>
      (["anyone", "guest", "user", "admin"] as const).filter((who) => isEnough(role, { who }));
    expect(enough(null)).toEqual(["anyone"]);
    expect(enough("guest")).toEqual(["anyone", "guest"]);
    expect(enough("user")).toEqual(["anyone", "guest", "user"]);
    expect(enough("admin")).toEqual(["anyone", "guest", "user", "admin"]);
  });

  it("knows no row by the name of something every object has", () => {
    expect(policyOf("GET", "/nothing")).toBeUndefined();
    expect(policyOf("WS", "constructor")).toBeUndefined();
  });

  it("asks of HEAD what it asks of GET", () => {
    expect(policyOf("HEAD", "/api/v1/accounts")).toBe(POLICY["GET /api/v1/accounts"]);
  });
});

describe("a route without a row", () => {
  async function appWith(add: (app: FastifyInstance) => void): Promise<void> {
    const app = Fastify();
    try {
      await app.register(session, { config: server.config, db: server.db });
      add(app);
      await app.ready();
    } finally {
      await app.close();
    }
  }

  it("stops the server from starting, and says where to write it", async () => {
    await expect(appWith((app) => app.get("/api/v1/secrets", () => "secret"))).rejects.toThrow(
      "The route GET /api/v1/secrets has no row in core/policy.ts: say there who may use it.",
    );
  });

  it("is noticed by its method too", async () => {
    await expect(appWith((app) => app.delete("/api/v1/users", () => "gone"))).rejects.toThrow(
      /DELETE \/api\/v1\/users/,
    );
    await expect(appWith((app) => app.all("/healthz", () => "ok"))).rejects.toThrow(/has no row/);
  });

  it("is noticed in a plugin of its own", async () => {
    const inside = (app: FastifyInstance) =>
      void app.register(async (child) => child.get("/hidden", () => "secret"), { prefix: "/api/v1" });
    await expect(appWith(inside)).rejects.toThrow(/GET \/api\/v1\/hidden/);
  });

  it("is all that is missing: one with a row starts", async () => {
    await expect(appWith((app) => app.get("/api/v1/me", () => "me"))).resolves.toBeUndefined();
  });
});
