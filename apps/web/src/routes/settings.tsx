import { InviteList } from "../features/invites/invite-list.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { WorkspaceSettings } from "../features/workspace/workspace-settings.tsx";
import { paths } from "../lib/paths.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Settings");
  return (
    <Page
      title="Settings"
      lead="Who may come in, and what they may do. Changes are saved at once."
      back={{ to: paths.conversations, label: "Back to conversations" }}
    >
      <WorkspaceSettings />
      <section aria-labelledby="invitations" className="mt-10">
        <h2 id="invitations" className="text-lg font-semibold">
          Invitation links
        </h2>
        <p className="mt-0.5 mb-4 text-ink-muted">Whoever opens one can make an account here.</p>
        <InviteList conversationId={null} />
      </section>
    </Page>
  );
}
