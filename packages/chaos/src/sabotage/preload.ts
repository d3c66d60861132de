import { registerHooks } from "node:module";
import { SABOTAGES, sabotaged } from "./sabotages.ts";

// Loaded by Node before the server (`--import`), with the name of a sabotage in its own address: what the server then loads
// has that sabotage in it, and the product needs no switch for it.

const name = new URL(import.meta.url).searchParams.get("sabotage");
const sabotage = SABOTAGES.find((each) => each.name === name);
if (!sabotage) throw new Error(`There is no sabotage "${name}".`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/apps/api/src/${sabotage.file}`)) return loaded;
    return { ...loaded, source: sabotaged(Buffer.from(loaded.source as Uint8Array).toString("utf8"), sabotage) };
  },
});
