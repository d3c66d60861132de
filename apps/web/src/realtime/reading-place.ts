/**
 * The message that is the first on the screen, by conversation; none where somebody follows the newest. Not in a store:
 * nothing is drawn from it, and it changes with every turn of the wheel.
 */
const places = new Map<string, string>();

/** Says where somebody is reading; null for at the newest, or for nowhere any more. */
export function noteReadingPlace(conversationId: string, messageId: string | null): void {
  if (messageId === null) places.delete(conversationId);
  else places.set(conversationId, messageId);
}

export function readingPlaceOf(conversationId: string): string | null {
  return places.get(conversationId) ?? null;
}
