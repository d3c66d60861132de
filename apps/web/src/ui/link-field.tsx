import { Check, Copy, Share2 } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button, IconButton } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { useBriefly } from "./use-briefly.ts";
import { useMediaQuery } from "./use-media-query.ts";

interface LinkFieldProps {
  label: string;
  link: string;
  /** What the link is to, for where it is shared. */
  title: string;
}

/** A link to hand over: to read, to copy, and on a phone to share by whatever it has. */
export function LinkField({ label, link, title }: LinkFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [copied, sayCopied] = useBriefly();
  const [refused, setRefused] = useState(false);
  const canShare = useMediaQuery("(pointer: coarse)") && typeof navigator.share === "function";
  const Icon = copied ? Check : Copy;
  const copy = async () => {
    input.current?.select();
    const done = await copyText(link);
    setRefused(!done);
    if (done) sayCopied();
  };
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-2">
        <input
          ref={input}
          id={id}
          readOnly
          value={link}
          onFocus={(event) => event.target.select()}
          className="h-10 min-w-0 flex-1 rounded-md border border-line-strong bg-sunken px-3 font-mono text-sm text-ink max-sm:h-11"
        />
        {canShare && (
          // Who closes the sharing sheet again has shared nothing, which is no failure.
          <IconButton label="Share" onClick={() => void navigator.share({ title, url: link }).catch(() => undefined)}>
            <Share2 aria-hidden size={17} />
          </IconButton>
        )}
        <Button look="primary" className="h-10 max-sm:h-11" onClick={copy}>
          <Icon aria-hidden size={16} />
          <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
        </Button>
      </div>
      {refused && (
        <p role="status" className="text-sm text-ink-muted">
          Your browser does not let this page copy. The link is selected: copy it by hand.
        </p>
      )}
    </div>
  );
}
