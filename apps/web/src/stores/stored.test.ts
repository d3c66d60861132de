import { afterEach, describe, expect, it, vi } from "vitest";
import { ada, ben } from "../../test/people.ts";
import { deleteDrafts, loadDrafts, setDraft, useDrafts } from "./drafts.store.ts";
import { resetStores } from "./reset-stores.ts";
import { applyTheme, followTheme, setTheme, useTheme } from "./theme.store.ts";

const drafts = () => useDrafts.getState().drafts;

describe("drafts", () => {
  it("are there again after a reload, for their writer only", () => {
    loadDrafts(ada.id);
    setDraft("c1", "half a");
    setDraft("c2", "given up");
    setDraft("c2", "");
    resetStores();
    loadDrafts(ben.id);
    expect(drafts()).toEqual({});
    loadDrafts(ada.id);
    expect(drafts()).toEqual({ c1: "half a" });
    deleteDrafts(ada.id);
    loadDrafts(ada.id);
    expect(drafts()).toEqual({});
  });

  it("ignore what cannot be a draft", () => {
    localStorage.setItem(`confab.draft.${ada.id}.c1`, "x".repeat(1_000_000));
    localStorage.setItem(`confab.draft.${ada.id}.c2`, "fine");
    loadDrafts(ada.id);
    expect(drafts()).toEqual({ c2: "fine" });
  });
});

describe("without storage", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("drafts and theme work for as long as the page lives", () => {
    for (const method of ["getItem", "setItem", "removeItem"] as const) {
      vi.spyOn(Storage.prototype, method).mockImplementation(() => {
        throw new DOMException("denied", "SecurityError");
      });
    }
    loadDrafts(ada.id);
    setDraft("c1", "half a");
    setTheme("dark");
    expect([drafts(), useTheme.getState().theme]).toEqual([{ c1: "half a" }, "dark"]);
  });
});

describe("the theme", () => {
  it("is a class on the page, and follows the choice", () => {
    const stop = followTheme();
    setTheme("dark");
    expect(document.documentElement.classList.contains("dark")).toBe(true);
    expect(localStorage.getItem("confab.theme")).toBe("dark");
    setTheme("light");
    expect(document.documentElement.classList.contains("dark")).toBe(false);
    stop();
    setTheme("dark");
    expect(document.documentElement.classList.contains("dark")).toBe(false);
  });

  it("follows the system when nothing else was chosen", () => {
    const root = document.createElement("html");
    vi.stubGlobal("matchMedia", () => ({ matches: true }));
    applyTheme("system", root);
    expect(root.classList.contains("dark")).toBe(true);
  });
});
