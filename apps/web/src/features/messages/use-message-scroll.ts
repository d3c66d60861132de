import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ListItem } from "./message-items.ts";

/** This near the bottom counts as reading the newest message. */
const END_PX = 48;
/** Older messages are fetched before the top is reached, so that scrolling on finds them there. */
const EARLY_PX = 1_200;
const ROW_ESTIMATE_PX = 56;

interface ScrollEdges {
  /** Whether the end of the list is the newest message, and not only the newest of those that are here. */
  reachesNewest: boolean;
  onNearStart: () => void;
  onNearEnd: () => void;
  /** The key of the first item on the screen; null while the newest message is followed. */
  onPlace: (key: string | null) => void;
}

/** The scrolling of a list that is read from its end: keeps its place when rows come in at either edge. */
export function useMessageScroll(scroller: RefObject<HTMLDivElement | null>, items: ListItem[], edges: ScrollEdges) {
  const [atEnd, setAtEnd] = useState(true);
  // Where rows come in below, whoever followed the newest goes on to them; whoever is reading on stays where they are.
  const isFollowing = useRef(true);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_ESTIMATE_PX,
    getItemKey: useCallback((index: number) => items[index]?.key ?? index, [items]),
    anchorTo: "end",
    scrollEndThreshold: END_PX,
    overscan: 10,
    paddingEnd: 12,
  });

  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const { scrollTop } = element;
    const fromEnd = element.scrollHeight - element.clientHeight - scrollTop;
    const isAtEnd = fromEnd <= END_PX;
    // At the end of what is here, with more to come, whoever is reading on has not begun to follow.
    isFollowing.current = isAtEnd && (isFollowing.current || edges.reachesNewest);
    setAtEnd(isAtEnd);
    const first = isFollowing.current ? undefined : virtualizer.getVirtualItemForOffset(scrollTop);
    edges.onPlace(first === undefined ? null : String(first.key));
    if (scrollTop < EARLY_PX) edges.onNearStart();
    if (fromEnd < EARLY_PX) edges.onNearEnd();
  }, [scroller, edges, virtualizer]);

  const scrollToEnd = useCallback(() => virtualizer.scrollToEnd(), [virtualizer]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [scroller, look, virtualizer]);

  // Who followed goes on to the end, also when many rows come at once, whose heights are not known yet.
  useLayoutEffect(() => {
    if (items.length > 0 && isFollowing.current) virtualizer.scrollToEnd();
  }, [items, virtualizer]);

  useEffect(() => {
    if (items.length > 0) look();
  }, [items, look]);

  return { virtualizer, atEnd, scrollToEnd };
}
