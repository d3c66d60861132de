import { ConversationDirectory } from "../features/conversations/conversation-directory.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import { FlashNotice } from "./flash-notice.tsx";

export function Component() {
  const isAdmin = useSession((state) => state.me?.can.manage_workspace === true);
  usePageTitle("Conversations");
  return (
    <Page
      title="Conversations"
      lead={isAdmin ? "Every conversation there is, also those you are not in." : "Where you can read and write."}
      back={{ to: paths.conversations, label: "Back to the list" }}
      actions={
        isAdmin && (
          <ButtonLink to={paths.createGroup} look="primary">
            Create group
          </ButtonLink>
        )
      }
    >
      <FlashNotice />
      <ConversationDirectory all={isAdmin} />
    </Page>
  );
}
