import { paths } from "../lib/paths.ts";
import { ButtonLink } from "../ui/button.tsx";
import { StatusPage } from "../ui/status-page.tsx";
import { useDocumentTitle } from "../ui/use-document-title.ts";

export function NotFound() {
  useDocumentTitle("Not found");
  return (
    <StatusPage
      status="404"
      title="There is nothing here"
      action={
        <ButtonLink look="primary" to={paths.conversations}>
          Go to your conversations
        </ButtonLink>
      }
    >
      The address may be wrong, or what it names is not yours to see.
    </StatusPage>
  );
}

export function Component() {
  return (
    <main className="h-dvh">
      <NotFound />
    </main>
  );
}
