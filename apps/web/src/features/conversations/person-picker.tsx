import type { Person } from "@confab/shared/users";
import { UserSearch } from "lucide-react";
import type { ReactNode } from "react";
import { ShowMore } from "../../ui/show-more.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import type { usePeople } from "./use-people.ts";

interface PersonPickerProps {
  people: ReturnType<typeof usePeople>;
  /** What these people were searched by; "" for everyone. */
  typed: string;
  children: (person: Person) => ReactNode;
}

/** A list of people in each of its states; how one of them looks is the caller's. */
export function PersonPicker({ people, typed, children }: PersonPickerProps) {
  if (people.isError) return <ErrorState message={people.error.message} onRetry={() => people.refetch()} />;
  if (people.data === undefined) return <SkeletonRows count={4} label="Loading people" />;
  if (people.data.length === 0) {
    return typed.trim() === "" ? (
      <EmptyState icon={UserSearch} title="Nobody else is here yet">
        Share the address of this page: people can register or come in as guests.
      </EmptyState>
    ) : (
      <EmptyState icon={UserSearch} title="Nobody found">
        Check the spelling of the name.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-busy={people.isPlaceholderData || undefined} className="flex flex-col gap-0.5">
        {people.data.map((person) => (
          <li key={person.id}>{children(person)}</li>
        ))}
      </ul>
      <ShowMore list={people} className="mt-2 w-full" />
    </>
  );
}
