/**
 * Characters stored, and told, at once. What a conversation gets goes out as one buffer, to its sender twice (with the
 * answers), and must fit into what may wait for a connection (core/hub): otherwise long messages would close the
 * connections of the quickest readers, too.
 */
const CHARACTERS_MAX = 64 * 1024;

/** How many of these, from the first on, may be told at once: one at least. */
export function countToldAtOnce(messages: readonly { readonly content: string }[]): number {
  let characters = 0;
  for (const [index, { content }] of messages.entries()) {
    characters += content.length;
    if (characters > CHARACTERS_MAX) return Math.max(1, index);
  }
  return messages.length;
}
