import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CreateAccountDialog } from "./create-account-dialog.tsx";

export function CreateAccountButton() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Create user
      </Button>
      {open && <CreateAccountDialog onClose={() => setOpen(false)} />}
    </>
  );
}
