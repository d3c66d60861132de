import { type Flash, flashSchema } from "@confab/shared/workspace";

/** The one-time message the server left in the page, taken out so that no later page shows it again. */
export function takeFlash(): Flash | null {
  const element = document.getElementById("flash");
  if (element === null) return null;
  element.remove();
  try {
    return flashSchema.parse(JSON.parse(element.textContent ?? ""));
  } catch {
    // A message nobody can read is no message; the page works without it.
    return null;
  }
}
