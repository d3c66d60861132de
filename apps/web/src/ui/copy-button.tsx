import { Check, Copy } from "lucide-react";
import { IconButton } from "./button.tsx";
import { copyText } from "./copy-text.ts";
import { useBriefly } from "./use-briefly.ts";

/** Copies a text; says so for a moment. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const [copied, sayCopied] = useBriefly();
  const copy = async () => {
    if (await copyText(text)) return sayCopied();
    // Pages over plain HTTP may not use the clipboard. There the text is shown, selected, to be copied by hand.
    window.prompt("Copy this:", text);
  };
  return (
    <IconButton label={copied ? "Copied" : label} onClick={copy}>
      {copied ? <Check aria-hidden size={17} className="text-accent" /> : <Copy aria-hidden size={17} />}
    </IconButton>
  );
}
