import { describe, expect, it } from "vitest";
import { loginPathFor, nextPathOf, paths } from "./paths.ts";

function urlOf(path: string): URL {
  return new URL(path, window.location.origin);
}

describe("the way back after signing in", () => {
  it("leads to the same page", () => {
    expect(nextPathOf(urlOf(loginPathFor(urlOf("/conversations?list=all"))))).toBe("/conversations?list=all");
  });

  it("keeps what stands after the #, and keeps it there: a server is never sent it", () => {
    const login = loginPathFor(urlOf(paths.join("secret-of-the_link")));
    expect(login.split("#")).toEqual(["/login?next=%2Fjoin", "secret-of-the_link"]);
    expect(nextPathOf(urlOf(login))).toBe("/join#secret-of-the_link");
  });

  it("is none from the front page", () => {
    expect(loginPathFor(urlOf("/"))).toBe("/login");
    expect(nextPathOf(urlOf("/login"))).toBeNull();
  });

  it.each(["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])(
    "never leads to another site: %s",
    (next) => {
      expect(nextPathOf(urlOf(`/login?next=${encodeURIComponent(next)}#x`))).toBeNull();
    },
  );
});
