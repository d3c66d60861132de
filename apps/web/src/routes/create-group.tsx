import { useCallback } from "react";
import { useNavigate } from "react-router";
import { CreateGroupForm } from "../features/conversations/create-group-form.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { useSession } from "../stores/session.store.ts";
import { Page } from "../ui/page.tsx";
import { Forbidden } from "./admin-only.tsx";

export function Component() {
  usePageTitle("Create group");
  const navigate = useNavigate();
  const onDone = useCallback((id: string) => void navigate(paths.chat(id)), [navigate]);
  const me = useSession((state) => state.me);
  if (me?.can.create_group !== true) return <Forbidden />;
  const back = me.can.manage_workspace
    ? { to: paths.groups, label: "Back to groups" }
    : { to: paths.conversations, label: "Back to conversations" };
  return (
    <Page title="Create group" lead="Give it a name and choose who is in it." back={back}>
      <CreateGroupForm onDone={onDone} />
    </Page>
  );
}
