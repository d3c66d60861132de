import { readFile } from "node:fs/promises";
import path from "node:path";
import staticFiles from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { AppError } from "../core/errors.ts";
import { sendProblem } from "./error-handler.ts";
import { takeFlash } from "./flash.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The single-page application's document; null when it has not been built (during development). */
    webDocument: string | null;
  }
}

const NOT_BUILT = `<!doctype html><title>Confab</title>
<p>The web app has not been built. Run <code>pnpm build</code>, or open the development server's address.`;

/** Answers a navigation with the application's document, and the message left for it, if there is one. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  const flash = takeFlash(request, reply);
  const document = request.server.webDocument ?? NOT_BUILT;
  // "<" is written as an escape, so that no text inside can end the element it stands in.
  const data =
    flash && `<script id="flash" type="application/json">${JSON.stringify(flash).replaceAll("<", "\\u003c")}</script>`;
  return reply
    .code(status)
    .type("text/html; charset=utf-8")
    .header("cache-control", "no-store")
    .send(data === null ? document : document.replace("</head>", () => `${data}</head>`));
}

/** Whether a person is to see the answer as a page of its own. */
export function wantsPage(request: FastifyRequest): boolean {
  return ["GET", "HEAD"].includes(request.method) && (request.headers.accept ?? "").includes("text/html");
}

/** Serves the built web app on the API's origin; what nobody serves is a 404, as a page for people. */
export const webApp = fp(async (app: FastifyInstance, { distDir }: { distDir: string }) => {
  const document = await readFile(path.join(distDir, "index.html"), "utf8").catch(() => null);
  app.decorate("webDocument", document);

  app.setNotFoundHandler((request, reply) =>
    wantsPage(request) ? sendPage(request, reply, 404) : sendProblem(request, reply, new AppError("not_found")),
  );

  if (document === null) return;
  await app.register(staticFiles, { root: distDir, serve: false });
  await app.register(staticFiles, {
    root: path.join(distDir, "assets"),
    prefix: "/assets/",
    decorateReply: false,
    index: false,
    // The build puts a hash of the content into these names.
    immutable: true,
    maxAge: "365d",
  });
  for (const name of ["favicon.svg", "theme.js"])
    app.get(`/${name}`, (_request, reply) =>
      reply.header("cache-control", "no-cache").sendFile(name, { cacheControl: false }),
    );
});
