import { defineConfig } from "@playwright/test";
import { chromiumLaunchOptions } from "./src/chromium.ts";

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  reporter: "list",
  // Each worker has a server and a database of its own; two cores carry two of them.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: await chromiumLaunchOptions(),
    trace: "retain-on-failure",
    viewport: { width: 1280, height: 800 },
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
  },
});
