import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { MessageText } from "./message-text.tsx";

afterEach(cleanup);

function show(content: string): HTMLElement {
  return render(<MessageText content={content} />).container;
}

describe("what people write with", () => {
  it.each([
    ["**bold**", "strong", "bold"],
    ["*italic*", "em", "italic"],
    ["~~gone~~", "s", "gone"],
    ["`a < b`", "p code", "a < b"],
    ["> quoted", "blockquote", "quoted"],
    ["- one", "ul li", "one"],
    ["3. three", 'ol[start="3"] li', "three"],
  ])("%s", (content, selector, text) => {
    expect(show(content).querySelector(selector)?.textContent).toBe(text);
  });

  it("keeps a single newline as a line break", () => {
    const container = show("one\ntwo");
    expect(container.querySelectorAll("p")).toHaveLength(1);
    expect(container.querySelectorAll("br")).toHaveLength(1);
  });

  it("shows a fenced block with its language and a button to copy it", () => {
    const container = show("```ts\nconst a = 1;\n```");
    expect(container.querySelector("pre")?.textContent).toBe("const a = 1;");
    expect(screen.getByText("ts")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Copy code" })).toBeTruthy();
  });

  it.each(["# not a heading", "    not code", "a | b\n--|--\n1 | 2", "---", "&lt;b&gt;"])(
    "leaves %j as it was typed",
    (content) => {
      const container = show(content);
      expect(container.querySelector("h1,pre,table,hr,b")).toBeNull();
      expect(container.textContent).toContain(content.trim().split("\n")[0]);
    },
  );
});

describe("links", () => {
  it.each([
    ["https://example.org/a?b=c", "https://example.org/a?b=c"],
    ["ada@example.org", "mailto:ada@example.org"],
    ["[docs](https://example.org)", "https://example.org"],
  ])("%s leads to %s, tells the other side nothing and opens beside", (content, href) => {
    show(content);
    const link = screen.getByRole("link");
    expect(link.getAttribute("href")).toBe(href);
    expect(link.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(link.getAttribute("target")).toBe("_blank");
  });

  it("are not made of file names", () => {
    show("the port is in vite.config.ts and main.rs");
    expect(screen.queryByRole("link")).toBeNull();
  });

  it("shows a picture from elsewhere as a link, and fetches nothing", () => {
    const container = show("![a cat](https://example.org/cat.png)");
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getByRole("link", { name: "a cat" }).getAttribute("href")).toBe("https://example.org/cat.png");
  });
});

describe("what attackers write", () => {
  it.each([
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    "![x](data:image/png;base64,AAAA)",
    "[x](file:///etc/passwd)",
    "[x](//example.org)",
    "[x](/logout)",
    "<javascript:alert(1)>",
    "<ftp://example.org/x>",
    "```<img src=x onerror=alert(1)>\n<script>1</script>\n```",
  ])("%s stays text", (content) => {
    const container = show(content);
    expect(container.querySelector("script,img,svg:not(.lucide),iframe,object,style,a")).toBeNull();
    for (const element of container.querySelectorAll("*")) {
      expect([...element.attributes].filter((attribute) => attribute.name.startsWith("on"))).toEqual([]);
    }
    expect(container.textContent).not.toBe("");
  });

  it("takes deep nesting without falling over", () => {
    expect(show(`${"> ".repeat(2_000)}deep`).textContent).toContain("deep");
    expect(show(`${"[".repeat(5_000)}deep`).textContent).toContain("deep");
  });
});
