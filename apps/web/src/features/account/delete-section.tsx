import type { Me } from "@confab/shared/users";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { AccountSection, SectionFooter } from "./account-section.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";

interface DeleteSectionProps {
  me: Me;
  onDone: () => void | Promise<void>;
}

export function DeleteSection({ me, onDone }: DeleteSectionProps) {
  const [asks, setAsks] = useState(false);
  return (
    <AccountSection
      title="Delete account"
      lead="You leave every conversation. What you wrote stays for the others, under “Deleted user”."
    >
      <SectionFooter>
        <Button look="danger" className="ml-auto" onClick={() => setAsks(true)}>
          Delete account…
        </Button>
      </SectionFooter>
      {asks && <DeleteDialog me={me} onDone={onDone} onClose={() => setAsks(false)} />}
    </AccountSection>
  );
}
