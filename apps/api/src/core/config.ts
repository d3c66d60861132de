import { isIP } from "node:net";
import { emailSchema, passwordSchema, usernameSchema } from "@confab/shared/users";
import { z } from "zod";

/** "" counts as unset, so that an empty line in an environment file means the default. */
const setting = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

const switchSchema = (byDefault: boolean) =>
  setting(
    z
      .enum(["on", "off", "true", "false", "1", "0"])
      .default(byDefault ? "on" : "off")
      .transform((word) => ["on", "true", "1"].includes(word)),
  );

/** Values separated by commas, each of which has to pass. */
const listSchema = (isItem: (item: string) => boolean, sentence: string) =>
  setting(
    z
      .string()
      .default("")
      .transform((text) =>
        text
          .split(",")
          .map((item) => item.trim())
          .filter((item) => item !== ""),
      )
      .refine((items) => items.every(isItem), sentence),
  );

const proxiesSchema = listSchema(isProxy, "must be addresses or networks, like 127.0.0.1 or 10.0.0.0/8");
const originsSchema = listSchema(
  (item) => URL.canParse(item) && new URL(item).origin === item,
  "must be origins, like https://app.example.org",
);

function isProxy(text: string): boolean {
  if (["loopback", "linklocal", "uniquelocal"].includes(text)) return true;
  const [address = "", bits] = text.split("/");
  const family = isIP(address);
  return family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
}

/** Every variable the server reads. `.env.example` names the same ones; a test keeps them equal. */
export const environmentSchema = z.object({
  HOST: setting(z.string().default("127.0.0.1")),
  PORT: setting(z.coerce.number().int().min(0).max(65_535).default(3000)),
  DATABASE_URL: setting(z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgresql:// URL" }).optional()),
  REDIS_URL: setting(z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }).optional()),
  DATA_DIR: setting(z.string().default("./data")),
  PUBLIC_URL: setting(z.url({ protocol: /^https?$/, error: "must be an http(s):// URL" }).optional()),
  WS_URL: setting(z.url({ protocol: /^wss?$/, error: "must be a ws(s):// URL" }).optional()),
  CORS_ORIGINS: originsSchema,
  TRUST_PROXY: proxiesSchema,
  JWT_SECRET: setting(z.string().min(32, "must have at least 32 characters").optional()),
  ADMIN_USERNAME: setting(usernameSchema.optional()),
  ADMIN_EMAIL: setting(emailSchema.optional()),
  ADMIN_PASSWORD: setting(passwordSchema.optional()),
  REGISTRATION: setting(z.enum(["open", "invite", "closed"]).default("open")),
  GUESTS: switchSchema(true),
  GUEST_TTL_HOURS: setting(
    z.coerce
      .number()
      .positive()
      .max(24 * 365)
      .default(24),
  ),
  RATE_LIMIT_SCALE: setting(z.coerce.number().positive().default(1)),
  LOG_LEVEL: setting(z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("warn")),
});

export type Config = ReturnType<typeof readConfig>;

/** Thrown with every problem of the environment at once, one line each. */
export class ConfigError extends Error {}

/** Reads the settings, frozen. Throws ConfigError naming each variable that is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const parsed = environmentSchema.safeParse(environment);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const admin = ["ADMIN_USERNAME", "ADMIN_EMAIL", "ADMIN_PASSWORD"].filter((name) => environment[name]);
  if (admin.length > 0 && admin.length < 3)
    problems.push("ADMIN_USERNAME, ADMIN_EMAIL and ADMIN_PASSWORD belong together: set all three or none");
  if (!parsed.success || problems.length > 0)
    throw new ConfigError(`These settings are not right:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  const values = parsed.data;
  return Object.freeze({
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    dataDir: values.DATA_DIR,
    publicUrl: values.PUBLIC_URL === undefined ? undefined : new URL(values.PUBLIC_URL).origin,
    wsUrl: values.WS_URL,
    corsOrigins: values.CORS_ORIGINS,
    trustProxy: values.TRUST_PROXY,
    jwtSecret: values.JWT_SECRET,
    admin:
      values.ADMIN_USERNAME && values.ADMIN_EMAIL && values.ADMIN_PASSWORD
        ? { username: values.ADMIN_USERNAME, email: values.ADMIN_EMAIL, password: values.ADMIN_PASSWORD }
        : undefined,
    registration: values.REGISTRATION,
    guests: values.GUESTS,
    guestTtlHours: values.GUEST_TTL_HOURS,
    rateLimitScale: values.RATE_LIMIT_SCALE,
    logLevel: values.LOG_LEVEL,
  });
}
