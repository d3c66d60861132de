import { Button } from "./button.tsx";

interface ShowMoreProps {
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
  className?: string;
}

/** Below a list that comes in pages: nothing once all of it is there. */
export function ShowMore({ list, className }: ShowMoreProps) {
  if (!list.hasNextPage) return null;
  return (
    <Button
      look="quiet"
      size="small"
      busy={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
      className={className}
    >
      Show more
    </Button>
  );
}
