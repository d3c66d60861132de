import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "../../ui/copy-text.ts";

const THANKS_MS = 1_500;

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), THANKS_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <div className="my-1.5 overflow-hidden rounded-md border border-line bg-sunken">
      <div className="flex h-8 items-center justify-between border-b border-line pr-1 pl-3">
        <span className="truncate font-mono text-xs text-ink-muted">{language || "text"}</span>
        <button
          type="button"
          onClick={async () => setCopied(await copyText(code))}
          className="inline-flex h-6 shrink-0 items-center gap-1.5 rounded-sm px-2 text-xs text-ink-muted hover:bg-hover hover:text-ink"
        >
          <Icon aria-hidden size={12} />
          {copied ? "Copied" : "Copy code"}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide code scrolls by itself, which the keyboard must reach */}
      <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-sm outline-offset-[-2px]">
        <code>{code}</code>
      </pre>
    </div>
  );
}
