import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import { test as base } from "../src/fixtures.ts";
import { seriousViolations, settled, sidewaysScrollers } from "../src/looks.ts";
import { Network } from "../src/network.ts";
import { type Server, startServer } from "../src/server.ts";
import {
  isConnected,
  messageRow,
  openConversation,
  seesConfirmed,
  seesMessage,
  seeTheSame,
  sendMessage,
  textsOf,
} from "../src/verbs.ts";

const HAS_TROUBLE = "The server has trouble — messages are kept and sent when it is over.";

interface Away {
  /** A second node on the worker's database. */
  node: Server;
  /** Its way to the database. */
  way: Network;
}

const test = base.extend<{ away: Away }>({
  away: async ({ server }, use) => {
    const { port, password } = JSON.parse(readFileSync(path.join(server.dataDir, "postgres/access.json"), "utf8"));
    const way = new Network(`http://127.0.0.1:${port}`);
    await way.mend();
    const database = new URL(way.url);
    const node = await startServer({
      env: { DATABASE_URL: `postgresql://confab:${password}@${database.host}/confab` },
    });
    await use({ node, way });
    await node.dispose();
    way.dispose();
  },
});

test.use({ allowedErrors: /WebSocket connection to|status of (?:401|503)/ });

async function expectTold(page: Page): Promise<void> {
  await expect(page.getByText(HAS_TROUBLE)).toBeVisible();
}

// away is named first, so that it goes last: after the pages that would miss it.
test("Ben is told that the server has trouble while its database is away, and his message goes out when it is back", async ({
  away: { node, way },
  newPerson,
}) => {
  const ben = await newPerson("Ben", { server: node });
  const carol = await newPerson("Carol");
  for (const { page } of [ben, carol]) {
    await openConversation(page, "General");
    await isConnected(page);
  }

  way.cut();
  await sendMessage(ben.page, `${ben.name} in the dark`);
  await expectTold(ben.page);
  await expect(messageRow(ben.page, `${ben.name} in the dark`)).toHaveAttribute("data-status", "sending");
  expect(await textsOf(carol.page, ben.name)).toEqual([]);

  await way.mend();
  await ben.page.getByRole("button", { name: "Try now" }).click();
  await seesMessage(carol.page, `${ben.name} in the dark`, 15_000);
  await seesConfirmed(ben.page, `${ben.name} in the dark`);
  await expect(ben.page.getByText(HAS_TROUBLE)).toHaveCount(0);
  expect(await textsOf(ben.page, ben.name)).toEqual([`${ben.name} in the dark`]);
  await seeTheSame(ben.page, carol.page);
});

test("Ben opens the page while the database is away, reads why he sees nothing, and finds his message sent later", async ({
  away: { node, way },
  newPerson,
}) => {
  const ben = await newPerson("Ben", { server: node });
  await openConversation(ben.page, "General");
  await isConnected(ben.page);

  way.cut();
  await sendMessage(ben.page, `${ben.name} before the reload`);
  await ben.page.reload();
  await expect(ben.page.getByText(/cannot reach its database right now.*Nothing you wrote is lost/)).toBeVisible();
  await settled(ben.page);
  expect(await seriousViolations(ben.page)).toEqual([]);

  await way.mend();
  await ben.page.getByRole("button", { name: "Try again" }).click();
  await seesConfirmed(ben.page, `${ben.name} before the reload`);
  expect(await textsOf(ben.page, ben.name)).toEqual([`${ben.name} before the reload`]);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`The word about the server's trouble can be read on a phone of 360 px in the ${colorScheme} theme`, async ({
    away: { node, way },
    newPerson,
  }) => {
    const ben = await newPerson("Ben", { server: node, colorScheme, viewport: { width: 360, height: 740 } });
    await openConversation(ben.page, "General");
    await isConnected(ben.page);
    way.cut();
    await sendMessage(ben.page, `${ben.name} small`);
    await expectTold(ben.page);
    expect([await seriousViolations(ben.page), await sidewaysScrollers(ben.page)]).toEqual([[], []]);
    await way.mend();
  });
}
