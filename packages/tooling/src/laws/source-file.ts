import path from "node:path";

/** A file as the laws see it; `path` is relative to the repository, with forward slashes. */
export interface SourceFile {
  path: string;
  text: string;
}

/** One broken law: where, and what to do instead. */
export interface Breach {
  path: string;
  line: number;
  message: string;
}

export interface Import {
  /** The specifier as written. */
  specifier: string;
  /** The repository path it leads to, when it is a relative one. */
  target: string | null;
  /** The names it brings in, as the importing file calls them. */
  names: string[];
  line: number;
}

const STATEMENT = /^[ \t]*(?:import|export)\b([^;"']*?)\bfrom\s*["']([^"']+)["']/gm;
const BARE = /^[ \t]*import\s*["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\s*\(\s*["']([^"']+)["']/g;

/** Every module that a file names, in the order of the text within each form. */
export function importsOf(file: SourceFile): Import[] {
  const text = withoutComments(file.text);
  const found = (match: RegExpExecArray, specifier: string, clause: string): Import => ({
    specifier,
    target: specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file.path), specifier) : null,
    names: namesIn(clause),
    line: lineAt(text, match.index + match[0].search(/\S/)),
  });
  return [
    ...Array.from(text.matchAll(STATEMENT), (match) => found(match, match[2] ?? "", match[1] ?? "")),
    ...Array.from(text.matchAll(BARE), (match) => found(match, match[1] ?? "", "")),
    ...Array.from(text.matchAll(DYNAMIC), (match) => found(match, match[1] ?? "", "")),
  ];
}

/** The text with comments blanked out, lines and columns kept. A `//` inside a string (a URL) is left alone. */
export function withoutComments(text: string): string {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (whole, quoted: string | undefined) => quoted ?? whole.replace(/[^\n]/g, " "),
  );
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

export function isTest(filePath: string): boolean {
  return /\.(?:test|spec)\.tsx?$/.test(filePath) || /\/tests?\//.test(filePath);
}

function namesIn(clause: string): string[] {
  return clause
    .replace(/[{}]/g, ",")
    .split(",")
    .map((part) => part.trim().replace(/^type\s+/, ""))
    .map((part) => part.split(/\s+as\s+/).at(-1) ?? part)
    .filter((part) => /^[\w$]+$/.test(part));
}
