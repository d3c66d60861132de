import { describe, expect, it } from "vitest";
import { checkLaws } from "./check-laws.ts";

/** The breaches of a made-up tree, as `path:line message`. */
function breachesOf(tree: Record<string, string>): string[] {
  const files = Object.entries(tree).map(([path, text]) => ({ path, text }));
  return checkLaws(files).map(({ path, line, message }) => `${path}:${line} ${message}`);
}

const APP = `
import { MessageWriter } from "./features/messages/messages.writer.ts";
import { messagesRoutes } from "./features/messages/messages.routes.ts";
import { authRoutes } from "./features/auth/auth.routes.ts";
export function buildApp(app) {
  const writer = new MessageWriter();
  app.register(authRoutes);
  app.register(messagesRoutes);
}
`;

describe("statements of the API", () => {
  it("go by `ask` outside of a transaction, save in tests", () => {
    const [asked, inAct] = ["const a = 1;\nawait deps.db.$queryRaw(sql`x`);", "await tx.$executeRaw(sql`x`);"];
    const tree = { "core/audit.ts": inAct, "core/life.ts": asked, "core/life.test.ts": asked };
    const files = Object.fromEntries(Object.entries(tree).map(([name, text]) => [`apps/api/src/${name}`, text]));
    expect(breachesOf(files)).toEqual([expect.stringContaining("core/life.ts:2 outside of a transaction")]);
  });
});

describe("ranks of the API", () => {
  it("lets higher rooms import lower ones, and features earlier ones", () => {
    expect(
      breachesOf({
        "apps/api/src/app.ts": APP,
        "apps/api/src/core/hub.ts": 'import { errors } from "./errors.ts";',
        "apps/api/src/database/migrate.ts": 'import { config } from "../core/config.ts";',
        "apps/api/src/plugins/session.ts": 'import { db } from "../core/db.ts";',
        "apps/api/src/features/messages/messages.routes.ts": 'import { me } from "../auth/auth.service.ts";',
        "apps/api/src/server.ts": 'import { buildApp } from "./app.ts";',
        "apps/api/src/cli/demo.ts": 'import { buildApp } from "../app.ts";',
      }),
    ).toEqual([]);
  });

  it.each([
    ["core/hub.ts", "../database/migrate.ts", "core must not import database"],
    ["core/hub.ts", "../features/auth/auth.service.ts", "core must not import features"],
    ["database/migrate.ts", "../plugins/session.ts", "database must not import plugins"],
    ["plugins/session.ts", "../features/auth/auth.service.ts", "plugins must not import features"],
    ["features/auth/auth.routes.ts", "../../app.ts", "features must not import app.ts"],
    ["app.ts", "./cli/demo.ts", "app.ts must not import server.ts and cli"],
    ["app.ts", "./server.ts", "app.ts must not import server.ts and cli"],
  ])("stops %s from importing %s", (from, specifier, message) => {
    const breaches = breachesOf({ [`apps/api/src/${from}`]: `\nimport { x } from "${specifier}";` });
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toContain(`apps/api/src/${from}:2 ${message}`);
    expect(breaches[0]).toMatch(/Move the shared part down|hand it over/);
  });

  it.each([
    ["a type import", 'import type { X } from "../plugins/session.ts";'],
    ["a re-export", 'export { x } from "../plugins/session.ts";'],
    ["a dynamic import", 'const x = await import("../plugins/session.ts");'],
    ["a bare import", 'import "../plugins/session.ts";'],
    ["an import over several lines", 'import {\n  a,\n  b,\n} from "../plugins/session.ts";'],
  ])("sees %s", (_, text) => {
    expect(breachesOf({ "apps/api/src/core/hub.ts": text })[0]).toContain("core must not import plugins");
  });

  it("does not read comments", () => {
    expect(breachesOf({ "apps/api/src/core/hub.ts": '// import "../app.ts";\n/* import("../app.ts") */' })).toEqual([]);
  });

  it("orders features by their registration in app.ts, not by its imports", () => {
    const breaches = breachesOf({
      "apps/api/src/app.ts": APP,
      "apps/api/src/features/auth/auth.service.ts": 'import { x } from "../messages/messages.service.ts";',
    });
    expect(breaches).toEqual([
      expect.stringContaining('auth.service.ts:1 the feature "auth" is registered in app.ts before "messages"'),
    ]);
  });

  it("wants an imported feature to be registered", () => {
    const breaches = breachesOf({
      "apps/api/src/app.ts": APP,
      "apps/api/src/features/auth/auth.service.ts": 'import { x } from "../polls/polls.service.ts";',
    });
    expect(breaches).toEqual([
      expect.stringContaining('the feature "polls" has no place in app.ts. Register it there'),
    ]);
  });

  it("lets tests import what they need", () => {
    const tree = { "apps/api/src/core/hub.test.ts": 'import { buildApp } from "../app.ts";' };
    expect(breachesOf(tree)).toEqual([]);
  });
});

describe("ranks of the web app", () => {
  it("lets higher rooms import lower ones", () => {
    expect(
      breachesOf({
        "apps/web/src/ui/button.tsx":
          'import { Button } from "@base-ui/react";\nimport { cx } from "./class-names.ts";',
        "apps/web/src/stores/session.store.ts":
          'import { create } from "zustand";\nimport { x } from "../lib/time.ts";',
        "apps/web/src/features/auth/sign-in.ts": 'import { api } from "../../lib/api.ts";',
        "apps/web/src/routes/chat-page.tsx": 'import { X } from "../features/messages/message-list.tsx";',
        "apps/web/src/main.tsx": 'import { App } from "./app/app.tsx";',
        "apps/web/src/lib/api.ts": 'export const api = { me: () => fetch("/api/v1/me") };',
      }),
    ).toEqual([]);
  });

  it.each([
    ["lib/time.ts", "../stores/session.store.ts", "lib must not import stores"],
    ["lib/time.ts", "../ui/button.tsx", "lib must not import ui"],
    ["stores/session.store.ts", "../realtime/live.ts", "stores must not import realtime"],
    ["realtime/live.ts", "../features/auth/sign-in.ts", "realtime must not import features"],
    ["features/auth/login-form.tsx", "../../routes/login-page.tsx", "features must not import routes"],
    ["routes/login-page.tsx", "../app/router.tsx", "routes must not import app"],
    ["app/router.tsx", "../main.tsx", "app must not import main"],
  ])("stops %s from importing %s", (from, specifier, message) => {
    const breaches = breachesOf({ [`apps/web/src/${from}`]: `import { x } from "${specifier}";` });
    expect(breaches).toEqual([expect.stringContaining(`apps/web/src/${from}:1 ${message}`)]);
  });

  it("keeps features apart", () => {
    const text = 'import { x } from "../messages/send-message.ts";';
    expect(breachesOf({ "apps/web/src/features/auth/sign-in.ts": text })).toEqual([
      expect.stringContaining('the feature "auth" must not import the feature "messages". Compose both in routes/'),
    ]);
  });

  it.each(["../lib/time.ts", "../stores/session.store.ts", "@confab/shared/users"])(
    "keeps %s out of ui",
    (specifier) => {
      expect(breachesOf({ "apps/web/src/ui/avatar.tsx": `import { x } from "${specifier}";` })).toEqual([
        expect.stringContaining(`ui must not import "${specifier}"`),
      ]);
    },
  );

  it.each(["react", "react-dom/client", "../stores/badge.tsx"])("keeps %s out of the stores", (specifier) => {
    expect(breachesOf({ "apps/web/src/stores/users.store.ts": `import { x } from "${specifier}";` })).toEqual([
      expect.stringContaining(`a store must not import "${specifier}"`),
    ]);
  });

  it.each(['await fetch("/x");', 'window.fetch("/x");', "new XMLHttpRequest();"])(
    "keeps `%s` in lib/api.ts",
    (text) => {
      const breaches = breachesOf({ "apps/web/src/features/auth/sign-in.ts": `// fetch()\n${text}` });
      expect(breaches).toEqual([expect.stringContaining("sign-in.ts:2 only lib/api.ts talks to the server")]);
    },
  );

  it("does not mistake refetch for fetch", () => {
    expect(breachesOf({ "apps/web/src/features/auth/use-me.ts": "query.refetch(); prefetch();" })).toEqual([]);
  });
});

describe("laws of the whole house", () => {
  it.each([
    ["apps/api/src/core/db.ts", "@confab/web/lib", "apps/api must not import apps/web"],
    ["apps/web/src/lib/api.ts", "../../../api/src/core/config.ts", "apps/web must not import apps/api"],
    ["apps/web/test/render.test.tsx", "@confab/api/x", "apps/web must not import apps/api"],
    ["e2e/src/server.ts", "../../apps/api/src/server.ts", "e2e must not import apps/api"],
    ["e2e/src/server.ts", "@confab/tooling/x", "e2e must not import packages/tooling"],
    [
      "packages/chaos/src/supervisor/database.ts",
      "../../../../apps/api/src/app.ts",
      "packages/chaos must not import apps/api",
    ],
    ["packages/bench/src/bench.ts", "../../tooling/src/x.ts", "packages/bench must not import packages/tooling"],
    ["apps/api/src/core/db.ts", "@confab/chaos/random", "apps/api must not import packages/chaos"],
    ["packages/shared/src/ids.ts", "node:crypto", "packages/shared imports only zod and itself"],
    ["packages/shared/src/ids.ts", "../../../apps/api/src/core/db.ts", "packages/shared imports only zod and itself"],
  ])("stops %s from importing %s", (from, specifier, message) => {
    expect(breachesOf({ [from]: `import { x } from "${specifier}";` })).toEqual([
      expect.stringContaining(`${from}:1 ${message}`),
    ]);
  });

  it("lets the harness import what the server's package exports", () => {
    const text = 'import { startEmbeddedPostgres } from "@confab/api/embedded-postgres";';
    expect(breachesOf({ "packages/chaos/src/supervisor/database.ts": text })).toEqual([]);
  });

  it("lets those who write figures into pages import what tooling exports", () => {
    const text = 'import { withFigures } from "@confab/tooling/with-figures";';
    expect(breachesOf({ "packages/chaos/src/main.ts": text, "packages/bench/src/run-bench.ts": text })).toEqual([]);
  });

  it("lets everyone import shared, and shared import zod", () => {
    expect(
      breachesOf({
        "packages/shared/src/ids.ts": 'import { z } from "zod";\nimport { x } from "./text.ts";',
        "packages/shared/src/ids.test.ts": 'import { it } from "vitest";\nimport fc from "fast-check";',
        "apps/api/src/core/ids.ts": 'import { newId } from "@confab/shared/ids";',
        "e2e/src/server.ts": 'import { newId } from "@confab/shared/ids";\nimport { spawn } from "node:child_process";',
      }),
    ).toEqual([]);
  });

  it.each(["utils", "string-utils", "helpers", "common", "socket-manager", "misc"])("refuses the name %s", (name) => {
    const breaches = breachesOf({ [`apps/web/src/lib/${name}.ts`]: "", [`apps/api/src/${name}/thing.ts`]: "" });
    expect(breaches).toHaveLength(2);
    for (const breach of breaches) expect(breach).toContain("says nothing about what is inside");
  });

  it("refuses index files, and leaves harmless names alone", () => {
    expect(breachesOf({ "packages/shared/src/index.ts": "" })).toEqual([expect.stringContaining("no barrel files")]);
    expect(breachesOf({ "apps/api/src/core/commons-licence.ts": "", "apps/api/src/core/manage-users.ts": "" })).toEqual(
      [],
    );
  });
});
