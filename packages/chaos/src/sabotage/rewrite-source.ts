import { registerHooks } from "node:module";

/**
 * Has Node load a source file with some of its text replaced: a server that is wrong on purpose, without a switch for it in
 * the product. The server does not start when the text is no longer there, so that no sabotage is lost by a change.
 */
export function rewriteSource(
  file: string,
  changes: readonly (readonly [expected: string, replacement: string])[],
): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/apps/api/src/${file}`)) return loaded;
      let source = Buffer.from(loaded.source as Uint8Array).toString("utf8");
      for (const [expected, replacement] of changes) {
        if (source.split(expected).length !== 2)
          throw new Error(`${file} has not exactly one "${expected}" to sabotage`);
        source = source.replace(expected, () => replacement);
      }
      return { ...loaded, source };
    },
  });
}
