import { countOf } from "./titles.ts";

type Moment = string | Date;

const DAY_MS = 86_400_000;

function dateOf(moment: Moment): Date {
  return typeof moment === "string" ? new Date(moment) : moment;
}

function midnightOf(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Whole calendar days from `moment` to `now`; rounding absorbs the 23- and 25-hour days of clock changes. */
function daysAgo(moment: Date, now: Date): number {
  return Math.round((midnightOf(now) - midnightOf(moment)) / DAY_MS);
}

// Names of days and months are part of the product's English text; the clock follows the person's own settings.
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long" });
const weekdayShort = new Intl.DateTimeFormat("en", { weekday: "short" });
const month = new Intl.DateTimeFormat("en", { month: "long" });
const monthShort = new Intl.DateTimeFormat("en", { month: "short" });

/** "14:05", or "2:05 PM" where people write it so. */
export function formatClock(moment: Moment): string {
  return clock.format(dateOf(moment));
}

/** The heading above a day's messages: "Today", "Yesterday", "Monday, 3 March", "Monday, 3 March 2025". */
export function formatDay(moment: Moment, now: Date = new Date()): string {
  const date = dateOf(moment);
  const days = daysAgo(date, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const day = `${weekday.format(date)}, ${date.getDate()} ${month.format(date)}`;
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** The short time in a list row: the clock today, then "Yesterday", "Mon", "3 Mar", "3 Mar 2025". */
export function formatListTime(moment: Moment, now: Date = new Date()): string {
  const date = dateOf(moment);
  const days = daysAgo(date, now);
  // A server's clock may run ahead of this one, so "in the future" is still today.
  if (days <= 0) return formatClock(date);
  if (days === 1) return "Yesterday";
  if (days < 7) return weekdayShort.format(date);
  const day = `${date.getDate()} ${monthShort.format(date)}`;
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** The day alone, short: "Today", "Yesterday", "3 Mar", "3 Mar 2025". */
export function formatDate(moment: Moment, now: Date = new Date()): string {
  const date = dateOf(moment);
  const days = daysAgo(date, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const day = `${date.getDate()} ${monthShort.format(date)}`;
  return date.getFullYear() === now.getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/** Everything, for a tooltip: "Monday, 3 March 2025, 14:05". */
export function formatFull(moment: Moment): string {
  const date = dateOf(moment);
  return `${weekday.format(date)}, ${date.getDate()} ${month.format(date)} ${date.getFullYear()}, ${formatClock(date)}`;
}

export function isSameDay(a: Moment, b: Moment): boolean {
  return midnightOf(dateOf(a)) === midnightOf(dateOf(b));
}

/** How long a time is, rounded, in a unit that says enough: "45 minutes", "36 hours", "3 days". */
export function formatDuration(durationMs: number): string {
  const minutes = Math.max(1, Math.round(durationMs / 60_000));
  if (minutes < 60) return countOf(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? countOf(hours, "hour") : countOf(Math.round(hours / 24), "day");
}

/** How far away a moment is: "in 5 hours", "3 days ago", and "now" for less than a minute. */
export function formatDistance(moment: Moment, now: Date = new Date()): string {
  const distance = dateOf(moment).getTime() - now.getTime();
  if (Math.abs(distance) < 60_000) return "now";
  return distance > 0 ? `in ${formatDuration(distance)}` : `${formatDuration(-distance)} ago`;
}
