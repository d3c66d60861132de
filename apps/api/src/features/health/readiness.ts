import { ask, sql } from "../../core/db.ts";
import type { Deps } from "../../core/deps.ts";
import { sqlStateOf } from "../../core/errors.ts";
import { MIGRATIONS_DIR, readMigrations } from "../../database/migrate.ts";

const NO_SUCH_TABLE = "42P01";

/** What a node needs to serve. `status` says whether it can; the rest, what is missing. */
export interface Readiness {
  readonly status: "ready" | "not_ready";
  readonly database: "ok" | "away";
  /** "missing": the database is not in the shape this release needs. */
  readonly migrations: "applied" | "missing" | "unknown";
  /** "lost" costs promptness, nothing else, and is usually lost for all nodes at once: docs/decisions/009. */
  readonly bus: "listening" | "lost";
}

type DatabaseState = Pick<Readiness, "database" | "migrations">;

const AWAY: DatabaseState = { database: "away", migrations: "unknown" };

/** Gives the question whether this node is ready. It never throws; a database that is away is known within two seconds. */
export async function askReadiness({ db, hub }: Pick<Deps, "db" | "hub">): Promise<() => Promise<Readiness>> {
  const names = (await readMigrations(MIGRATIONS_DIR)).map((migration) => migration.name);
  /** Anybody may ask: however many do at once, the database is asked once. */
  let asking: Promise<DatabaseState> | null = null;

  async function look(): Promise<DatabaseState> {
    try {
      const [applied] = await ask<{ count: number }>(
        db,
        sql`
        SELECT count(*)::int AS count FROM _prisma_migrations
         WHERE migration_name = ANY(${names}) AND finished_at IS NOT NULL AND rolled_back_at IS NULL`,
      );
      return { database: "ok", migrations: applied?.count === names.length ? "applied" : "missing" };
    } catch (error) {
      return sqlStateOf(error) === NO_SUCH_TABLE ? { database: "ok", migrations: "missing" } : AWAY;
    }
  }

  return async () => {
    asking ??= look().finally(() => {
      asking = null;
    });
    const state = await asking;
    const isReady = state.migrations === "applied";
    return { status: isReady ? "ready" : "not_ready", ...state, bus: hub.bus.isConnected ? "listening" : "lost" };
  };
}
