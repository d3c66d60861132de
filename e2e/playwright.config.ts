import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./src/chromium.ts";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  reporter: "list",
  // One: server, database and browsers fill two cores already, and some tests measure time.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: await chromiumLaunchOptions(),
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    viewport: { width: 1280, height: 800 },
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
  },
});
