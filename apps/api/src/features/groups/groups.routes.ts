import type { FastifyInstance } from "fastify";
import type { Deps } from "../../core/deps.ts";
import type { Audiences } from "../members/audiences.ts";

export async function groupsRoutes(
  _app: FastifyInstance,
  { deps: _deps }: { deps: Deps & { audiences: Audiences } },
): Promise<void> {}
