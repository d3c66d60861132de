import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ada, ben } from "../../test/people.ts";
import { upsertPeople, usePerson, useUsers } from "./users.store.ts";

const hear = (person: typeof ada) => act(() => useUsers.setState((state) => upsertPeople(state, [person])));

describe("a person", () => {
  it("is called by the newest name, wherever an older one is still held", () => {
    const { result } = renderHook(() => usePerson(ben));
    expect(result.current).toEqual(ben);
    hear({ ...ben, username: "Benjamin", role: "admin" });
    expect(result.current).toEqual({ ...ben, username: "Benjamin", role: "admin" });
  });

  it("is drawn again only when something of them has changed", () => {
    let drawn = 0;
    renderHook(() => {
      drawn += 1;
      return usePerson(ben);
    });
    hear({ ...ben });
    drawn = 0;
    hear({ ...ada, username: "Adele" });
    hear({ ...ben });
    expect(drawn).toBe(0);
    hear({ ...ben, username: "Benjamin" });
    expect(drawn).toBe(1);
  });

  it("may be nobody", () => {
    expect(renderHook(() => usePerson(null)).result.current).toBeNull();
  });
});
