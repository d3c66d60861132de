import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";

interface ConfirmDialogProps {
  title: string;
  message: string;
  /** Why it did not work the last time. */
  problem?: string | null;
  confirm: string;
  /** What can be taken back at any time needs no warning colour. */
  look?: "danger" | "primary";
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, message, problem = null, confirm, look = "danger", busy = false, onConfirm, onClose } = props;
  return (
    <Dialog open onClose={onClose} title={title}>
      <div className="flex flex-col gap-3 px-5 pt-4">
        {problem !== null && <Notice kind="error">{problem}</Notice>}
        <p className="text-ink-soft">{message}</p>
      </div>
      <div className="flex justify-end gap-2 p-5">
        <Button onClick={onClose}>Cancel</Button>
        <Button look={look} busy={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
