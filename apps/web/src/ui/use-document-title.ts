import { useEffect } from "react";

/** "(3) Page · Confab": what the tab and a screen reader announce. */
export function useDocumentTitle(page: string, count = 0): void {
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ""}${page} · Confab`;
  }, [page, count]);
}
