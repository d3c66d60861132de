import { useState } from "react";
import { takeFlash } from "../lib/flash.ts";
import { Notice } from "../ui/notice.tsx";

/** What the server had to say about the form that led here. */
export function FlashNotice() {
  const [flash] = useState(takeFlash);
  if (flash === null) return null;
  return (
    <div className="mb-5">
      <Notice kind={flash.kind}>{flash.message}</Notice>
    </div>
  );
}
