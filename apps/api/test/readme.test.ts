import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type TestServer } from "./start-server.ts";
import { newUser, type TestClient } from "./test-client.ts";

const run = promisify(execFile);
const README = path.resolve(import.meta.dirname, "../../../README.md");

let server: TestServer;
let ada: TestClient;
let folder: string;

beforeAll(async () => {
  server = await startServer();
  ada = await newUser(server.url, "Ada");
  folder = await mkdtemp(path.join(tmpdir(), "confab-readme-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.stop();
});

/** The first code block of this language below "From another program", aimed at the test's server. */
async function example(language: "sh" | "ts"): Promise<string> {
  const readme = await readFile(README, "utf8");
  const section = readme.slice(readme.indexOf("## From another program"));
  const block = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(section)?.[1];
  if (block === undefined) throw new Error(`README.md has no ${language} example`);
  return block.replaceAll("http://127.0.0.1:3000", server.url);
}

async function contents(): Promise<string[]> {
  const { conversations } = (await ada.get("/api/v1/conversations")).body;
  const { messages } = (await ada.get(`/api/v1/conversations/${conversations[0].id}/messages`)).body;
  return messages.map((message: { content: string }) => message.content);
}

describe("README, From another program", () => {
  test("the shell commands sign in and post a message", async () => {
    await run("sh", ["-e", "-c", await example("sh")], { cwd: folder });
    expect(await contents()).toContain("Hello from the shell");
  });

  test("the TypeScript program signs in, posts a message and prints its seq", async () => {
    const program = path.join(folder, "program.mts");
    await writeFile(program, await example("ts"));
    const { stdout } = await run(process.execPath, [program], { cwd: folder });
    expect(await contents()).toContain("Hello from a program");
    expect(Number(stdout)).toBe((await contents()).length);
  });

  test("it stays a page: under 150 lines", async () => {
    expect((await readFile(README, "utf8")).split("\n").length).toBeLessThan(150);
  });
});
