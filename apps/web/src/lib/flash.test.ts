import { afterEach, expect, it } from "vitest";
import { takeFlash } from "./flash.ts";

afterEach(() => {
  document.body.replaceChildren();
});

function leave(text: string): void {
  const element = document.createElement("script");
  element.id = "flash";
  element.type = "application/json";
  element.textContent = text;
  document.body.append(element);
}

it("is taken once", () => {
  leave('{"kind":"error","message":"No.","values":{"username":"Ada"}}');
  expect(takeFlash()).toEqual({ kind: "error", message: "No.", values: { username: "Ada" } });
  expect(takeFlash()).toBeNull();
});

it.each(["", "not JSON", '{"kind":"shout","message":"!"}'])("that is %j is none", (text) => {
  leave(text);
  expect(takeFlash()).toBeNull();
  expect(document.getElementById("flash")).toBeNull();
});
