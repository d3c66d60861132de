import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LaunchOptions } from "@playwright/test";

/**
 * A real Chromium that needs nothing but the package registry: the operator's choice (CHROMIUM_PATH), else one
 * that the system has, else the one of the npm package @sparticuz/chromium with the libraries it brings along.
 */
const SYSTEM_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const ARGUMENTS = [
  "--no-sandbox",
  "--headless=shell",
  "--disable-gpu",
  "--no-first-run",
  // Without these the browser looks for its maker's servers at every start.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
];

export async function chromiumLaunchOptions(): Promise<LaunchOptions> {
  const chosen = process.env.CHROMIUM_PATH ?? SYSTEM_PATHS.find((file) => existsSync(file));
  if (chosen) return { executablePath: chosen, args: ARGUMENTS };
  const folder = await unpackedFolder();
  return {
    executablePath: path.join(folder, "chromium"),
    args: ARGUMENTS,
    env: {
      ...definedEnv(),
      LD_LIBRARY_PATH: path.join(folder, "al2023/lib"),
      FONTCONFIG_FILE: path.join(folder, "fonts.conf"),
    },
  };
}

/**
 * Unpacks the package's browser, libraries and fonts once into node_modules/.cache. The package itself would use
 * the system's temporary folder, where a half-written or another user's copy is taken for a whole one; here the
 * finished folder appears under its final name at once, so that two processes may race.
 */
async function unpackedFolder(): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve("@sparticuz/chromium"));
  const packageFile = path.join(path.dirname(entry), "../package.json");
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  const cache = path.join(import.meta.dirname, "../node_modules/.cache");
  const folder = path.join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, "chromium-draft-"));
  await unpackInto(draft);
  await writeFile(path.join(draft, "fonts.conf"), fontsConfiguration(folder));
  try {
    await rename(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    await rm(draft, { recursive: true });
  }
  return folder;
}

async function unpackInto(folder: string): Promise<void> {
  const script = 'const { default: chromium } = await import("@sparticuz/chromium"); await chromium.executablePath();';
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: path.join(import.meta.dirname, ".."),
    // The second variable makes the package unpack its libraries too; it does so only where it believes to be at home.
    env: { ...definedEnv(), TMPDIR: folder, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
  });
}

/** The package's fonts beside the system's, because a bare machine has none at all. */
function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
