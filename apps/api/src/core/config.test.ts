import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, environmentSchema, readConfig } from "./config.ts";

/** What is said to the operator, line by line; nothing when the settings are right. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

const variableOf = (problem: string) => problem.split(/[: ]/)[0];

const ADMIN = { ADMIN_USERNAME: "Ada", ADMIN_EMAIL: " Ada@Example.org", ADMIN_PASSWORD: "a long enough password" };

describe("readConfig", () => {
  it("needs nothing to be set", () => {
    expect(readConfig({})).toEqual({
      host: "127.0.0.1",
      port: 3000,
      databaseUrl: undefined,
      dataDir: "./data",
      publicUrl: undefined,
      wsUrl: undefined,
      corsOrigins: [],
      trustProxy: [],
      jwtSecret: undefined,
      admin: undefined,
      registration: "open",
      guests: true,
      guestTtlHours: 24,
      rateLimitScale: 1,
      logLevel: "warn",
    });
  });

  it("takes an empty variable for one that is not set, and minds no variable of others", () => {
    const empty = Object.fromEntries(Object.keys(environmentSchema.shape).map((name) => [name, ""]));
    expect(readConfig({ ...empty, PATH: "/bin", HOME: "/root" })).toEqual(readConfig({}));
  });

  it("reads what is set", () => {
    expect(
      readConfig({
        HOST: "::1",
        PORT: "0",
        DATABASE_URL: "postgresql://confab:secret@db.example.org/confab?sslmode=require",
        DATA_DIR: "/var/lib/confab",
        PUBLIC_URL: "https://chat.example.org/",
        WS_URL: "wss://live.example.org/ws",
        CORS_ORIGINS: "https://app.example.org, http://localhost:5173 ,",
        TRUST_PROXY: " 127.0.0.1, 10.0.0.0/8 ,, ::1,loopback",
        JWT_SECRET: "thirty-two characters, or longer",
        ...ADMIN,
        REGISTRATION: "closed",
        GUESTS: "off",
        REDIS_URL: "redis://cache.example.org:6380/1",
        GUEST_TTL_HOURS: "0.5",
        RATE_LIMIT_SCALE: "2.5",
        LOG_LEVEL: "silent",
      }),
    ).toEqual({
      host: "::1",
      port: 0,
      databaseUrl: "postgresql://confab:secret@db.example.org/confab?sslmode=require",
      redisUrl: "redis://cache.example.org:6380/1",
      dataDir: "/var/lib/confab",
      publicUrl: "https://chat.example.org",
      wsUrl: "wss://live.example.org/ws",
      corsOrigins: ["https://app.example.org", "http://localhost:5173"],
      trustProxy: ["127.0.0.1", "10.0.0.0/8", "::1", "loopback"],
      jwtSecret: "thirty-two characters, or longer",
      admin: { username: "Ada", email: "ada@example.org", password: "a long enough password" },
      registration: "closed",
      guests: false,
      guestTtlHours: 0.5,
      rateLimitScale: 2.5,
      logLevel: "silent",
    });
  });

  it.each([
    ["on", true],
    ["true", true],
    ["1", true],
    ["off", false],
    ["false", false],
    ["0", false],
  ])("reads GUESTS=%s", (word, guests) => {
    expect(readConfig({ GUESTS: word }).guests).toBe(guests);
  });

  it.each(["open", "invite", "closed"])("reads REGISTRATION=%s", (registration) => {
    expect(readConfig({ REGISTRATION: registration }).registration).toBe(registration);
  });

  it("takes a database behind a Unix socket", () => {
    expect(problemsOf({ DATABASE_URL: "postgresql:///confab?host=/run/postgresql" })).toEqual([]);
  });

  it("gives settings nobody can change", () => {
    const config = readConfig({});
    expect(() => Object.assign(config, { registration: "closed" })).toThrow(TypeError);
  });

  it.each([
    ["PORT", ["http", "65536", "-1", "80.5", "3000x", "NaN"]],
    ["DATABASE_URL", ["mysql://localhost/confab", "localhost:5432", "confab"]],
    ["PUBLIC_URL", ["chat.example.org", "ftp://chat.example.org", "javascript:alert(1)"]],
    ["WS_URL", ["https://chat.example.org/ws", "/ws"]],
    [
      "CORS_ORIGINS",
      ["*", "null", "app.example.org", "https://app.example.org/", "https://a.example, https://B.example"],
    ],
    ["TRUST_PROXY", ["my-proxy", "127.0.0.1, my-proxy", "10.0.0.0/33", "300.1.1.1", "true"]],
    ["JWT_SECRET", ["secret", "thirty-one characters are short"]],
    ["REGISTRATION", ["maybe", "OPEN"]],
    ["GUESTS", ["yes", "2"]],
    ["GUEST_TTL_HOURS", ["0", "-1", "a day", "1000000", "Infinity"]],
    ["RATE_LIMIT_SCALE", ["0", "-1", "fast", "Infinity"]],
    ["LOG_LEVEL", ["loud"]],
  ])("refuses a wrong %s, by name", (name, values) => {
    for (const value of values) expect(problemsOf({ [name]: value }).map(variableOf), value).toEqual([name]);
  });

  it("says everything that is wrong at once, a line each", () => {
    const problems = problemsOf({
      PORT: "http",
      DATABASE_URL: "nowhere",
      GUESTS: "perhaps",
      ADMIN_EMAIL: "ada@example.org",
    });
    expect(problems.map(variableOf)).toEqual(["PORT", "DATABASE_URL", "GUESTS", "ADMIN_USERNAME,"]);
  });
});

describe("the ADMIN_ settings", () => {
  it.each(Object.keys(ADMIN))("are refused without %s", (name) => {
    const { [name as keyof typeof ADMIN]: _left, ...rest } = ADMIN;
    expect(problemsOf(rest)).toEqual([
      "ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD belong together: set all three or none",
    ]);
  });

  it.each([
    ["ADMIN_USERNAME", "ada@example.org"],
    ["ADMIN_USERNAME", "A\u200bda"],
    ["ADMIN_EMAIL", "ada"],
    ["ADMIN_PASSWORD", "short"],
  ])("are held to the rules of every account: %s=%s", (name, value) => {
    const problems = problemsOf({ ...ADMIN, [name]: value });
    expect(new Set(problems.map(variableOf))).toEqual(new Set([name]));
    expect(problems.join()).not.toContain("short");
  });
});

describe(".env.example", () => {
  const file = readFile(new URL("../../../../.env.example", import.meta.url), "utf8");

  it("names every variable the server reads, in order, and no other", async () => {
    const names = [...(await file).matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(names).toEqual(Object.keys(environmentSchema.shape));
  });

  it("gives each its default", async () => {
    const example = parseEnv(await file);
    expect(readConfig(example)).toEqual(readConfig({}));
    const written = Object.keys(example).filter((name) => example[name] !== "");
    const defaults = Object.entries(environmentSchema.parse({})).filter(([, value]) => value !== undefined);
    // An empty list is written as nothing.
    const toBeWritten = defaults.filter(([, value]) => !Array.isArray(value)).map(([name]) => name);
    expect(written.sort()).toEqual(toBeWritten.sort());
  });

  it("says of each, on the line before, what it is for", async () => {
    expect(await file).toMatch(/^(# [^\n]{10,}\.\n[A-Z_]+=[^\n]*\n)+$/);
  });
});
