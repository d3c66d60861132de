import { type RefObject, useLayoutEffect } from "react";

const isNative = typeof CSS !== "undefined" && CSS.supports("field-sizing", "content");

/** Lets a textarea grow with its text where the stylesheet cannot do it. */
export function useAutosize(textarea: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = textarea.current;
    if (isNative || element === null || text === undefined) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [textarea, text]);
}
