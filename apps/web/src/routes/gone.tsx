import { useEffect, useState } from "react";
import { paths } from "../lib/paths.ts";
import { ButtonLink } from "../ui/button.tsx";
import { StatusPage } from "../ui/status-page.tsx";
import { useDocumentTitle } from "../ui/use-document-title.ts";
import { NotFound } from "./not-found.tsx";

/** What a conversation was called when it was last there, for when it is there no more; null if it never was. */
export function useLastTitle(title: string | null): string | null {
  const [last, setLast] = useState(title);
  useEffect(() => {
    if (title !== null) setLast(title);
  }, [title]);
  return last;
}

/** Instead of a conversation that went out of reach while it was looked at, or was never in it (`title` null). */
export function Gone({ title }: { title: string | null }) {
  return title === null ? <NotFound /> : <GoneConversation title={title} />;
}

function GoneConversation({ title }: { title: string }) {
  useDocumentTitle(title);
  return (
    <StatusPage
      status="No longer here"
      title={title}
      action={
        <ButtonLink look="primary" to={paths.conversations}>
          Go to your conversations
        </ButtonLink>
      }
    >
      You are not in this conversation any more, or it was deleted.
    </StatusPage>
  );
}
