const END = "<!-- end of figures -->";

/**
 * The page with this text where the figures of a command stand, between its marks; all else stays as it is.
 * Throws when the marks are gone.
 */
export function withFigures(page: string, command: string, text: string): string {
  const mark = `<!-- figures of the last full run: written by \`${command}\` -->`;
  const begin = page.indexOf(mark);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The page has no marks between which the figures of ${command} would go.`);
  return `${page.slice(0, begin + mark.length)}\n${text}\n${page.slice(end)}`;
}
