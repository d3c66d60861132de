import { type Breach, importsOf, isTest, type SourceFile, withoutComments } from "./source-file.ts";

const API = "apps/api/src/";
const APP = `${API}app.ts`;

/** From the ground up: a room may import itself and those before it. */
const ROOMS = ["core", "database", "plugins", "features", "app"] as const;

function rankOf(filePath: string): number {
  const inside = filePath.slice(API.length);
  const room = ROOMS.findIndex((name) => inside.startsWith(`${name}/`) || inside === `${name}.ts`);
  // server.ts and cli/ stand on top of everything.
  return room === -1 ? ROOMS.length : room;
}

function nameOfRank(rank: number): string {
  return ROOMS[rank] === "app" ? "app.ts" : (ROOMS[rank] ?? "server.ts and cli");
}

function featureOf(filePath: string): string | null {
  return /^apps\/api\/src\/features\/([^/]+)\//.exec(filePath)?.[1] ?? null;
}

/** Features in the order of their `register(...)` lines in app.ts, whatever the order of its imports. */
export function featureOrder(app: SourceFile): string[] {
  const featureByName = new Map<string, string>();
  for (const { target, names } of importsOf(app)) {
    const feature = target && featureOf(target);
    if (feature) for (const name of names) featureByName.set(name, feature);
  }
  const registered = withoutComments(app.text).matchAll(/\bregister\(\s*([\w$]+)/g);
  const features = Array.from(registered, ([, name = ""]) => featureByName.get(name));
  return [...new Set(features.filter((feature) => feature !== undefined))];
}

/** Ranks inside the API: rooms among themselves, and features by their order in app.ts. */
export function checkApi(files: SourceFile[]): Breach[] {
  const app = files.find((file) => file.path === APP);
  const order = app ? featureOrder(app) : [];
  const breaches: Breach[] = [];
  for (const file of files.filter((candidate) => candidate.path.startsWith(API) && !isTest(candidate.path))) {
    for (const { target, line } of importsOf(file)) {
      if (!target?.startsWith(API)) continue;
      const message = rankProblem(file.path, target) ?? (app && featureProblem(order, file.path, target));
      if (message) breaches.push({ path: file.path, line, message });
    }
    breaches.push(...statementProblems(file));
  }
  return breaches;
}

/** Statements outside of a transaction that do not go by `ask`. */
function statementProblems({ path, text }: SourceFile): Breach[] {
  return withoutComments(text)
    .split("\n")
    .flatMap((content, index) =>
      /\bdb\.\$(?:queryRaw|executeRaw)\b/.test(content)
        ? [{ path, line: index + 1, message: "outside of a transaction, statements go by `ask` of core/db.ts." }]
        : [],
    );
}

function rankProblem(from: string, to: string): string | null {
  const [own, other] = [rankOf(from), rankOf(to)];
  if (other <= own) return null;
  return `${nameOfRank(own)} must not import ${nameOfRank(other)}. Move the shared part down into ${nameOfRank(own)}, or hand it over as an argument from above.`;
}

function featureProblem(order: string[], from: string, to: string): string | null {
  const [own, other] = [featureOf(from), featureOf(to)];
  if (!own || !other || own === other) return null;
  const [ownPlace, otherPlace] = [order.indexOf(own), order.indexOf(other)];
  if (otherPlace === -1) {
    return `the feature "${other}" has no place in app.ts. Register it there, before the features that import it.`;
  }
  if (ownPlace !== -1 && otherPlace > ownPlace) {
    return `the feature "${own}" is registered in app.ts before "${other}" and must not import it. Register it later there, or move the shared part into the earlier feature.`;
  }
  return null;
}
