import { useState } from "react";
import { ConversationDirectory } from "../features/conversations/conversation-directory.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { takeFlash } from "../lib/flash.ts";
import { paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";

export function Component() {
  const isAdmin = useSession((state) => state.me?.can.manage_workspace === true);
  const [flash] = useState(takeFlash);
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
      {flash !== null && (
        <div className="mb-5">
          <Notice kind={flash.kind}>{flash.message}</Notice>
        </div>
      )}
      <ConversationDirectory all={isAdmin} />
    </Page>
  );
}
