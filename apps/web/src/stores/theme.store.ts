import { create } from "zustand";
import { readStored, writeStored } from "../lib/storage.ts";

export type Theme = "system" | "light" | "dark";
export interface ThemeState {
  theme: Theme;
}

const KEY = "confab.theme";
const DARK = "(prefers-color-scheme: dark)";

function storedTheme(): Theme {
  const stored = readStored(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export const useTheme = create<ThemeState>(() => ({ theme: storedTheme() }));

export function setTheme(theme: Theme): void {
  writeStored(KEY, theme === "system" ? null : theme);
  useTheme.setState({ theme });
}

/** Puts the class `dark` on the page, or takes it away. */
export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  const isDark = theme === "dark" || (theme === "system" && window.matchMedia?.(DARK).matches === true);
  root.classList.toggle("dark", isDark);
  root.style.colorScheme = isDark ? "dark" : "light";
}

/** Keeps the page in the chosen theme, also when the system's preference changes. Returns the way to stop. */
export function followTheme(): () => void {
  const apply = () => applyTheme(useTheme.getState().theme);
  apply();
  const unsubscribe = useTheme.subscribe(apply);
  const media = window.matchMedia?.(DARK);
  media?.addEventListener("change", apply);
  return () => {
    unsubscribe();
    media?.removeEventListener("change", apply);
  };
}
