import { Check } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { sentenceFor } from "../../lib/api-error.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { useAct } from "../../ui/use-act.ts";
import { SectionFooter } from "./account-section.tsx";
import { isBesideField, problemOf } from "./form-problems.ts";

interface SectionFormProps {
  onSubmit: () => Promise<void>;
  button: string;
  /** What stands beside the button once it is done. */
  done: string;
  /** False while there is nothing to send. */
  isChanged?: boolean;
  /** Given a way from a field's name to what is wrong with it. */
  children: (problemIn: (field: string) => string | null) => ReactNode;
}

/** A form that stays where it is after it was sent, and says so. */
export function SectionForm(props: SectionFormProps) {
  const { onSubmit, button, done, isChanged = true, children } = props;
  const [isDone, setDone] = useState(false);
  const { busy, failure, run } = useAct(onSubmit);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setDone(false);
    setDone(await run());
  };
  return (
    <form onSubmit={submit} onInput={() => setDone(false)}>
      <div className="flex flex-col gap-5 px-4 pb-6 sm:px-6">
        {failure !== null && !isBesideField(failure) && <Notice kind="error">{sentenceFor(failure)}</Notice>}
        {children((field) => problemOf(failure, field))}
      </div>
      <SectionFooter>
        <p role="status" className="flex min-h-5 items-center gap-1.5 text-sm text-ink-soft">
          {isDone && (
            <>
              <Check aria-hidden size={15} className="text-accent" />
              {done}
            </>
          )}
        </p>
        <Button
          type="submit"
          look={isChanged ? "primary" : "plain"}
          busy={busy}
          disabled={!isChanged}
          className="ml-auto"
        >
          {button}
        </Button>
      </SectionFooter>
    </form>
  );
}
