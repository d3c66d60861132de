import { type Flash, flashSchema } from "@confab/shared/workspace";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../../test/start-server.ts";
import { type Answer, freshName, newAdministrator, newUser, PASSWORD, TestClient } from "../../test/test-client.ts";
import { DOCUMENT, makeTinyWebApp } from "../../test/tiny-web-app.ts";

let web: Awaited<ReturnType<typeof makeTinyWebApp>>;
let server: TestServer;
let admin: TestClient;

beforeAll(async () => {
  web = await makeTinyWebApp();
  server = await startServer({}, { distDir: web.distDir });
  admin = await newAdministrator(server, "Ada");
});
afterAll(async () => {
  await server.stop();
  await web.remove();
});

const FORM = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };

/** A browser without scripts: sends forms, and keeps the cookies it is given. */
class Browser {
  readonly client: TestClient;
  readonly cookies = new Map<string, string>();

  constructor(client = new TestClient(server.url)) {
    this.client = client;
  }

  async #keep(answer: Answer): Promise<Answer> {
    for (const cookie of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = cookie.split(";")[0]?.split("=") ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  #headers(): Record<string, string> {
    return { ...FORM, cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  }

  async submit(path: string, fields: string | [string, string][]): Promise<Answer> {
    const body = typeof fields === "string" ? fields : new URLSearchParams(fields).toString();
    return this.#keep(await this.client.post(path, body, this.#headers()));
  }

  async open(path: string): Promise<Answer> {
    return this.#keep(await this.client.get(path, this.#headers()));
  }
}

/** The message left in a page, checked against the shared schema. */
function flashOf(page: Answer): Flash | null {
  const found = /<script id="flash" type="application\/json">(.*?)<\/script><\/head>/s.exec(page.body);
  return found ? flashSchema.parse(JSON.parse(found[1] ?? "")) : null;
}

function expectSentTo(answer: Answer, location: string): void {
  expect([answer.status, answer.headers.get("location")]).toEqual([303, location]);
}

describe("POST /register as a form", () => {
  it("sends on to the sign-in page, which says so once", async () => {
    const browser = new Browser();
    const username = freshName("Ben");
    const account: [string, string][] = [
      ["username", username],
      ["email", "ben@example.org"],
      ["password", PASSWORD],
    ];
    expectSentTo(await browser.submit("/register", account), "/login");

    const page = await browser.open("/login");
    expect(page.status).toBe(200);
    expect(flashOf(page)).toEqual({ kind: "success", message: "Your account is ready. Sign in with it." });
    const again = await browser.open("/login");
    expect(again.body).toBe(DOCUMENT);
    expect(browser.cookies.has("confab_flash")).toBe(false);
  });

  it("on a failure goes back to the form, with what was typed except the password", async () => {
    const browser = new Browser();
    const typed: [string, string][] = [
      ["username", "ADA"],
      ["email", "new@example.org"],
      ["password", PASSWORD],
    ];
    expectSentTo(await browser.submit("/register", typed), "/register");

    expect(JSON.stringify([...browser.cookies])).not.toContain(Buffer.from(PASSWORD).toString("base64url"));
    expect(flashOf(await browser.open("/register"))).toEqual({
      kind: "error",
      message: "That name is already in use. Choose another.",
      values: { username: "ADA", email: "new@example.org" },
    });
    expect(flashOf(await browser.open("/register"))).toBeNull();
  });

  it.each(["/register", "/login", "/guest"])(
    "on a failure at %s keeps nothing in the cookie that opens something",
    async (page) => {
      const secrets = ["password", "new_password", "invite", "token", "refresh_token"];
      const browser = new Browser();
      const typed = secrets.map((name): [string, string] => [name, `the secret of ${name}`]);
      expectSentTo(await browser.submit(page, [["username", "ADA"], ...typed]), page);
      const cookie = Buffer.from(browser.cookies.get("confab_flash") ?? "", "base64url").toString();
      expect(JSON.parse(cookie)).toMatchObject({ kind: "error", values: { username: "ADA" } });
      expect(cookie).not.toContain("the secret of");
      expect(flashOf(await browser.open(page))?.values).toEqual({ username: "ADA" });
    },
  );

  it.each([
    ["a missing field", "username=Ben", "email"],
    ["a field too many", "username=Ben&email=b%40example.org&password=long+enough&role=admin", "role"],
    ["a field twice", "username=Ben&username=Carol&email=b%40example.org&password=long+enough", "username"],
    ["a bad address", "username=Ben&email=nowhere&password=long+enough", "email"],
    ["a prototype", "__proto__=x&username=Ben&email=b%40example.org&password=long+enough", "__proto__"],
    ["nothing", "", "email"],
  ])("on %s goes back with a sentence naming the field, and stores nothing", async (_what, body, field) => {
    const browser = new Browser();
    const users = await server.db.user.count();
    expectSentTo(await browser.submit("/register", body), "/register");
    const flash = flashOf(await browser.open("/register"));
    expect(flash?.kind).toBe("error");
    expect(flash?.message).toMatch(new RegExp(`${field}.*\\.$`));
    expect(await server.db.user.count()).toBe(users);
  });

  it("leaves text in the page that cannot end the element it stands in", async () => {
    const browser = new Browser();
    const hostile = `</script><script>alert(1)</script><!--$&$'`;
    await browser.submit("/register", [
      ["username", hostile],
      ["email", hostile],
      ["password", "x"],
    ]);
    const page = await browser.open("/register");
    expect(page.body).not.toContain("<script>alert");
    expect(page.body).not.toContain("<!--");
    expect(flashOf(page)?.values).toEqual({ username: hostile, email: hostile });
  });

  it("keeps what was typed short enough for a cookie, and whole", async () => {
    const browser = new Browser();
    const long = `a${"𝒜".repeat(1_000)}`;
    await browser.submit("/register", [
      ["username", long],
      ["email", long],
    ]);
    expect(browser.cookies.get("confab_flash")?.length).toBeLessThan(4_000);
    expect(flashOf(await browser.open("/register"))?.values?.username).toMatch(/^a(𝒜)+$/u);
  });

  it("keeps the message short enough for a cookie, whatever fields somebody invents", async () => {
    const browser = new Browser();
    const invented = Array.from({ length: 12 }, (_, n): [string, string] => [
      `${n}${"ü".repeat(600)}`,
      "ü".repeat(300),
    ]);
    expectSentTo(await browser.submit("/register", invented), "/register");
    expect(browser.cookies.get("confab_flash")?.length).toBeLessThan(4_000);
    expect(flashOf(await browser.open("/register"))?.message).toBe("email is required.");
    expectSentTo(
      await browser.submit("/register", [
        ["email", "a@example.org"],
        ["password", PASSWORD],
        ["username", "Dan"],
        ...invented,
      ]),
      "/register",
    );
    expect(browser.cookies.get("confab_flash")?.length).toBeLessThan(4_000);
    expect(flashOf(await browser.open("/register"))?.kind).toBe("error");
  });
});

describe("POST /login as a form", () => {
  it("signs in and sends on to the start page", async () => {
    const ben = await newUser(server.url, freshName("Ben"));
    const browser = new Browser();
    expectSentTo(
      await browser.submit("/login", [
        ["username", ben.person.username],
        ["password", PASSWORD],
      ]),
      "/",
    );
    expect((await browser.open("/")).headers.get("location")).toBe("/conversations");
  });

  it("on a wrong password goes back to the form without a session", async () => {
    const browser = new Browser();
    expectSentTo(
      await browser.submit("/login", [
        ["username", "Ada"],
        ["password", "not the password"],
      ]),
      "/login",
    );
    expect(browser.cookies.has("confab_session")).toBe(false);
    expect(flashOf(await browser.open("/login"))).toEqual({
      kind: "error",
      message: "That username and password do not match.",
      values: { username: "Ada" },
    });
  });
});

describe("POST /guest as a form", () => {
  it("lets the guest in and sends on to the start page", async () => {
    const browser = new Browser();
    expectSentTo(await browser.submit("/guest", [["username", freshName("Carol")]]), "/");
    expect((await browser.open("/conversations")).status).toBe(200);
  });

  it("on a taken name goes back to the form", async () => {
    const browser = new Browser();
    expectSentTo(await browser.submit("/guest", [["username", "ada"]]), "/guest");
    expect(flashOf(await browser.open("/guest"))).toMatchObject({ kind: "error", values: { username: "ada" } });
  });

  it("reads plus signs, escapes and every script", async () => {
    const browser = new Browser();
    expectSentTo(await browser.submit("/guest", `username=${encodeURIComponent("Zoë 王")}+Carol`), "/");
    expect(await server.db.user.count({ where: { username: "Zoë 王 Carol" } })).toBe(1);
  });
});

describe("POST /groups/create as a form", () => {
  const browser = async () => {
    const made = new Browser();
    made.cookies.set("confab_session", admin.cookie?.split("=")[1] ?? "");
    return made;
  };

  it.each([0, 1, 2])("makes a group with %i chosen people, and says so on the groups page", async (count) => {
    const chosen = await Promise.all(Array.from({ length: count }, () => newUser(server.url, freshName("Ben"))));
    const page = await browser();
    const name = freshName("Group");
    const members = chosen.map((client): [string, string] => ["members", client.person.id]);
    expectSentTo(await page.submit("/groups/create", [["name", name], ["description", ""], ...members]), "/groups");

    expect(flashOf(await page.open("/groups"))?.kind).toBe("success");
    const made = await server.db.conversation.findFirstOrThrow({ where: { name }, include: { members: true } });
    expect(made.members.map((member) => member.user_id).sort()).toEqual(
      [admin.person.id, ...chosen.map((client) => client.person.id)].sort(),
    );
  });

  it("on a failure goes back to the form", async () => {
    const page = await browser();
    expectSentTo(
      await page.submit("/groups/create", [
        ["name", " "],
        ["members", "nobody"],
      ]),
      "/groups/create",
    );
    expect(flashOf(await page.open("/groups/create"))?.kind).toBe("error");
  });
});

describe("a flash cookie that is not ours", () => {
  it.each(["x", "e30", Buffer.from(`{"kind":"success"}`).toString("base64url"), "%00", "A".repeat(3_000)])(
    "is thrown away: %s",
    async (value) => {
      const browser = new Browser();
      browser.cookies.set("confab_flash", value);
      const page = await browser.open("/login");
      expect([page.status, page.body]).toEqual([200, DOCUMENT]);
      expect(browser.cookies.has("confab_flash")).toBe(false);
    },
  );
});
