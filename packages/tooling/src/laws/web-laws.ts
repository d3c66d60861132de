import {
  type Breach,
  type Import,
  importsOf,
  isTest,
  lineAt,
  type SourceFile,
  withoutComments,
} from "./source-file.ts";

const WEB = "apps/web/src/";

/** From the ground up; `ui` and `lib` stand side by side. Files of src itself (main.tsx, styles) stand on top. */
const ROOMS = ["ui", "lib", "stores", "realtime", "features", "routes", "app"];

interface Place {
  room: string;
  rank: number;
}

function placeOf(filePath: string): Place {
  const first = filePath.slice(WEB.length).split("/")[0] ?? "";
  const rank = ROOMS.indexOf(first);
  return rank === -1 ? { room: "main", rank: ROOMS.length } : { room: first, rank };
}

function featureOf(filePath: string): string | null {
  return /^apps\/web\/src\/features\/([^/]+)\//.exec(filePath)?.[1] ?? null;
}

/** Ranks inside the web app, and what its rooms must not contain. */
export function checkWeb(files: SourceFile[]): Breach[] {
  return files
    .filter((file) => file.path.startsWith(WEB) && !isTest(file.path))
    .flatMap((file) => [...importProblems(file), ...fetchProblems(file)]);
}

function importProblems(file: SourceFile): Breach[] {
  return importsOf(file).flatMap((found) => {
    const message = uiProblem(file, found) ?? storeProblem(file, found) ?? rankProblem(file, found);
    return message ? [{ path: file.path, line: found.line, message }] : [];
  });
}

function uiProblem(file: SourceFile, { specifier, target }: Import): string | null {
  if (placeOf(file.path).room !== "ui") return null;
  const stays = target ? target.startsWith(`${WEB}ui/`) : !specifier.startsWith("@confab/");
  return stays
    ? null
    : `ui must not import "${specifier}": it knows nothing of the product. Pass what it needs as a prop from a feature.`;
}

function storeProblem(file: SourceFile, { specifier, target }: Import): string | null {
  if (placeOf(file.path).room !== "stores") return null;
  const component = target?.endsWith(".tsx") || /^(?:react|react-dom|react-router)(?:\/|$)/.test(specifier);
  return component
    ? `a store must not import "${specifier}": it is state and pure transitions. Put the component into a feature that reads the store.`
    : null;
}

function rankProblem(file: SourceFile, { target }: Import): string | null {
  if (!target?.startsWith(WEB)) return null;
  const [own, other] = [placeOf(file.path), placeOf(target)];
  if (own.room === "lib" && other.room === "ui") {
    return "lib must not import ui. Put the component into a feature, and keep lib free of the screen.";
  }
  if (other.rank > own.rank) {
    return `${own.room} must not import ${other.room}. Move the shared part down into ${own.room}, or pass it in from above.`;
  }
  const [from, to] = [featureOf(file.path), featureOf(target)];
  if (from && to && from !== to) {
    return `the feature "${from}" must not import the feature "${to}". Compose both in routes/, or move the shared part into stores/, lib/ or ui/.`;
  }
  return null;
}

function fetchProblems(file: SourceFile): Breach[] {
  if (file.path === `${WEB}lib/api.ts`) return [];
  const text = withoutComments(file.text);
  return Array.from(text.matchAll(/\bfetch\s*\(|\bXMLHttpRequest\b/g), (match) => ({
    path: file.path,
    line: lineAt(text, match.index),
    message: "only lib/api.ts talks to the server. Add a method to `api` there and call it from a feature.",
  }));
}
