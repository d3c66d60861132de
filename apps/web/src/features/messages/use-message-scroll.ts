import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ListItem } from "./message-items.ts";

/** This near the bottom counts as reading the newest message. */
const END_PX = 48;
/** Older messages are fetched before the top is reached, so that scrolling on finds them there. */
const EARLY_PX = 1_200;
const ROW_ESTIMATE_PX = 56;

interface ScrollEdges {
  onNearStart: () => void;
  onNearEnd: () => void;
  /** The key of the first item on the screen, for somebody who has scrolled away from the end. */
  onPlace: (key: string) => void;
  onEnd: () => void;
}

/** The scrolling of a list that is read from its end: keeps its place when rows come in at either edge. */
export function useMessageScroll(scroller: RefObject<HTMLDivElement | null>, items: ListItem[], edges: ScrollEdges) {
  const [atEnd, setAtEnd] = useState(true);
  // The observer below needs to know where the list stood before the size changed, not after.
  const wasAtEnd = useRef(true);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_ESTIMATE_PX,
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: END_PX,
    overscan: 10,
    paddingEnd: 12,
  });

  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    wasAtEnd.current = fromEnd <= END_PX;
    setAtEnd(wasAtEnd.current);
    if (wasAtEnd.current) edges.onEnd();
    else edges.onPlace(String(virtualizer.getVirtualItemForOffset(element.scrollTop)?.key));
    if (element.scrollTop < EARLY_PX) edges.onNearStart();
    if (fromEnd < EARLY_PX) edges.onNearEnd();
  }, [scroller, edges, virtualizer]);

  const scrollToEnd = useCallback(() => virtualizer.scrollToEnd(), [virtualizer]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(() => {
      if (wasAtEnd.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [scroller, look, virtualizer]);

  // Who stood at the end stays there, also when many rows come at once, whose heights are not known yet.
  useLayoutEffect(() => {
    if (items.length > 0 && wasAtEnd.current) virtualizer.scrollToEnd();
  }, [items, virtualizer]);

  useEffect(() => {
    if (items.length > 0) look();
  }, [items, look]);

  return { virtualizer, atEnd, scrollToEnd };
}
