import { Monitor, Moon, Sun } from "lucide-react";

/** What the colours of the pages can follow. */
export const THEMES = [
  { value: "system", label: "Like the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
] as const;
