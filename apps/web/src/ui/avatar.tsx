import { Hash } from "lucide-react";
import type { CSSProperties } from "react";
import { classNames } from "./class-names.ts";

const HUES = [20, 45, 75, 110, 145, 175, 205, 240, 275, 310, 345];

function hueOf(seed: string): number {
  let hash = 0;
  for (let index = 0; index < seed.length; index += 1) hash = (hash * 31 + seed.charCodeAt(index)) >>> 0;
  return HUES[hash % HUES.length] ?? 0;
}

function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return picked.map((word) => Array.from(word ?? "")[0]?.toUpperCase() ?? "").join("");
}

interface AvatarProps {
  /** Decides the colour, so that it stays the same when the name changes. */
  seed: string;
  name: string;
  size?: "small" | "medium" | "large";
  shape?: "round" | "square";
  /** Shows a dot at the corner. */
  online?: boolean | undefined;
}

const SIZES = {
  small: "size-6 text-[0.625rem]",
  medium: "size-9 text-sm",
  large: "size-14 text-lg",
};

/** A decoration beside a name that is always written out, hence hidden from assistive technology. */
export function Avatar({ seed, name, size = "medium", shape = "round", online = false }: AvatarProps) {
  const style = { "--hue": hueOf(seed) } as CSSProperties;
  return (
    <span aria-hidden className="relative inline-flex shrink-0">
      <span
        style={style}
        className={classNames(
          online && "avatar-cut",
          "avatar-tint inline-flex items-center justify-center font-semibold tracking-tight select-none",
          SIZES[size],
          shape === "round" ? "rounded-full" : size === "large" ? "rounded-lg" : "rounded-md",
        )}
      >
        {shape === "square" ? <Hash className="size-[45%]" strokeWidth={2.25} /> : initialsOf(name)}
      </span>
      {online && <span data-online className="absolute right-px bottom-px size-2.5 rounded-full bg-online" />}
    </span>
  );
}
