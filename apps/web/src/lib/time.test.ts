import { describe, expect, it } from "vitest";
import { formatClock, formatDate, formatDay, formatDistance, formatFull, formatListTime, isSameDay } from "./time.ts";

// Moments without Z are local, so these tests hold in every time zone.
const now = new Date("2026-11-22T10:00:00");

describe("formatDay", () => {
  it.each([
    ["2026-11-22T00:00:00", "Today"],
    ["2026-11-21T23:59:59", "Yesterday"],
    ["2026-11-20T12:00:00", "Friday, 20 November"],
    ["2025-03-03T12:00:00", "Monday, 3 March 2025"],
  ])("%s is %s", (moment, day) => {
    expect(formatDay(moment, now)).toBe(day);
  });
});

describe("formatListTime", () => {
  it.each([
    ["2026-11-22T09:05:00", formatClock("2026-11-22T09:05:00")],
    ["2026-11-23T00:10:00", formatClock("2026-11-23T00:10:00")],
    ["2026-11-21T09:05:00", "Yesterday"],
    ["2026-11-16T09:05:00", "Mon"],
    ["2026-11-15T09:05:00", "15 Nov"],
    ["2025-11-22T09:05:00", "22 Nov 2025"],
  ])("%s is %s", (moment, text) => {
    expect(formatListTime(moment, now)).toBe(text);
  });
});

it("formatClock has the minutes in two digits", () => {
  expect(formatClock("2026-11-22T14:05:00")).toMatch(/^(14|2):05/);
});

it("formatFull leaves nothing open", () => {
  expect(formatFull("2026-11-22T14:05:00")).toBe(`Sunday, 22 November 2026, ${formatClock("2026-11-22T14:05:00")}`);
});

it("isSameDay goes by the calendar, not by the hours in between", () => {
  expect(isSameDay("2026-11-22T00:00:00", "2026-11-22T23:59:59")).toBe(true);
  expect(isSameDay("2026-11-21T23:59:59", "2026-11-22T00:00:00")).toBe(false);
});

describe("formatDate", () => {
  it.each([
    ["2026-11-22T00:00:00", "Today"],
    ["2026-11-21T23:59:59", "Yesterday"],
    ["2026-11-20T12:00:00", "20 Nov"],
    ["2025-11-22T09:05:00", "22 Nov 2025"],
  ])("%s is %s", (moment, text) => {
    expect(formatDate(moment, now)).toBe(text);
  });
});

describe("formatDistance", () => {
  it.each([
    ["2026-11-22T10:00:59", "now"],
    ["2026-11-22T10:01:00", "in 1 minute"],
    ["2026-11-22T10:59:00", "in 59 minutes"],
    ["2026-11-22T10:59:59", "in 1 hour"],
    ["2026-11-22T14:59:50", "in 5 hours"],
    ["2026-11-23T09:59:59", "in 24 hours"],
    ["2026-11-24T09:29:00", "in 47 hours"],
    ["2026-11-24T09:59:59", "in 2 days"],
    ["2026-11-29T09:59:59", "in 7 days"],
    ["2026-11-22T09:58:00", "2 minutes ago"],
    ["2026-11-20T09:59:00", "2 days ago"],
  ])("%s is %s", (moment, text) => {
    expect(formatDistance(moment, now)).toBe(text);
  });
});
