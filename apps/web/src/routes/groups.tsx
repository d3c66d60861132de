import { GroupTable } from "../features/conversations/group-table.tsx";
import { usePageTitle } from "../features/navigation/use-page-title.ts";
import { paths } from "../lib/paths.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";

export function Component() {
  usePageTitle("Groups");
  return (
    <Page
      title="Groups"
      lead="Every group of this workspace."
      back={{ to: paths.conversations, label: "Back to conversations" }}
      actions={
        <ButtonLink to={paths.createGroup} look="primary">
          Create group
        </ButtonLink>
      }
    >
      <GroupTable />
    </Page>
  );
}
