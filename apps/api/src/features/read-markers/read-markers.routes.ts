import { idSchema } from "@confab/shared/ids";
import { moveReadMarkerBodySchema, readMarkerSchema } from "@confab/shared/messages";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Deps } from "../../core/deps.ts";
import { principalOf } from "../../plugins/session.ts";
import { moveReadMarker } from "./read-markers.service.ts";

export async function readMarkersRoutes(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().put(
    "/api/v1/conversations/:id/read-marker",
    {
      schema: {
        params: z.strictObject({ id: idSchema }),
        body: moveReadMarkerBodySchema,
        response: { 200: readMarkerSchema },
      },
    },
    (request) => moveReadMarker(deps, principalOf(request), request.params.id, request.body.seq),
  );
}
