import { useCallback } from "react";
import { useNavigate } from "react-router";
import { CreateGroupForm } from "../features/conversations/create-group-form.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Create group");
  const navigate = useNavigate();
  return (
    <Page
      title="Create group"
      lead="Give it a name and choose who is in it."
      back={{ to: paths.groups, label: "Back to groups" }}
    >
      <CreateGroupForm onDone={useCallback((id: string) => void navigate(paths.chat(id)), [navigate])} />
    </Page>
  );
}
