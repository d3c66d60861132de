import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export const DOCUMENT = `<!doctype html><html><head><title>Tiny</title></head><body><div id="root"></div></body></html>`;

/** A folder as the web app's build leaves it, so that tests of the API need not wait for the real one. */
export async function makeTinyWebApp(): Promise<{ distDir: string; remove(): Promise<void> }> {
  const distDir = await mkdtemp(path.join(tmpdir(), "confab-tiny-web-"));
  await mkdir(path.join(distDir, "assets"));
  await Promise.all([
    writeFile(path.join(distDir, "index.html"), DOCUMENT),
    writeFile(path.join(distDir, "favicon.svg"), `<svg xmlns="http://www.w3.org/2000/svg"/>`),
    writeFile(path.join(distDir, "theme.js"), "document.title = document.title;"),
    writeFile(path.join(distDir, "assets/app-1a2b3c.js"), "export {};"),
  ]);
  return { distDir, remove: () => rm(distDir, { recursive: true }) };
}
