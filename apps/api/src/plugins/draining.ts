import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import fp from "fastify-plugin";
import type { Life } from "../core/life.ts";

/** A balancer that asks every second has heard twice by then that this node is not ready. */
const NOTICE_MS = 3_000;
/** A request that has not been answered by then is one whose client does not read, or does not finish asking. */
const IN_FLIGHT_MS = 5_000;
/** What has come over the wire when the door closes is not cut off before it is read. */
const UNREAD_MS = 200;
const POLL_MS = 20;

/**
 * The end of the HTTP server, in this order: this node is not ready any more, but goes on serving for as long as a
 * balancer needs to notice; the sockets are sent off (realtime); no new connection is accepted; what is in flight is
 * finished; the connections are closed.
 */
export const draining = fp(async (app: FastifyInstance, { life }: { life: Life }) => {
  let inFlight = 0;
  app.server.on("request", (_request, response) => {
    inFlight += 1;
    response.once("close", () => {
      inFlight -= 1;
    });
  });

  // Kept alive, a connection whose request was in flight would hold up the end, and take one more request into it.
  app.addHook("onSend", async (_request, reply) => {
    if (life.isStopping) void reply.header("connection", "close");
  });

  app.addHook("preClose", async () => {
    life.stop();
    if (life.isWatched) await delay(NOTICE_MS);
    void endConnections();
  });

  /** Node waits for connections on which nothing was ever asked, and for those on which an answer is never read. */
  async function endConnections(): Promise<void> {
    while (app.server.listening) await delay(POLL_MS, null, { ref: false });
    await delay(UNREAD_MS, null, { ref: false });
    for (const until = performance.now() + IN_FLIGHT_MS; inFlight > 0 && performance.now() < until; )
      await delay(POLL_MS, null, { ref: false });
    app.server.closeAllConnections();
  }
});
