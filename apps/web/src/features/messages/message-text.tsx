import { MESSAGE_MAX } from "@confab/shared/limits";
import MarkdownIt, { type Token } from "markdown-it";
import { Fragment, memo, type ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";

const NESTING_MAX = 20;

/**
 * Messages are written by strangers, so no HTML is ever made of them: the parser's tokens become React elements from
 * the list below, and everything else becomes the text it was written as.
 */
const markdown = new MarkdownIt({
  html: false,
  linkify: true,
  breaks: true,
  typographer: false,
  maxNesting: NESTING_MAX,
}).disable([
  // A line beginning with # or four blanks is much more often meant as it stands than as a heading or code.
  "heading",
  "lheading",
  "hr",
  "code",
  "table",
  "reference",
  "html_block",
  "html_inline",
  "entity",
]);

const SAFE_LINK = /^(?:https?:|mailto:)/i;

function Anchor({ href, children }: { href: string; children: ReactNode }) {
  if (!SAFE_LINK.test(href)) return <>{children}</>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="rounded-sm text-accent underline decoration-1 underline-offset-3 [overflow-wrap:anywhere] hover:decoration-2"
    >
      {children}
    </a>
  );
}

/** The element for a token that has an opening and a closing half. */
function elementFor(token: Token, key: number, children: ReactNode): ReactNode {
  switch (token.type) {
    case "paragraph_open":
      return token.hidden ? <Fragment key={key}>{children}</Fragment> : <p key={key}>{children}</p>;
    case "strong_open":
      return <strong key={key}>{children}</strong>;
    case "em_open":
      return <em key={key}>{children}</em>;
    case "s_open":
      return <s key={key}>{children}</s>;
    case "blockquote_open":
      return <blockquote key={key}>{children}</blockquote>;
    case "bullet_list_open":
      return <ul key={key}>{children}</ul>;
    case "ordered_list_open":
      return (
        <ol key={key} start={Number(token.attrGet("start") ?? 1)}>
          {children}
        </ol>
      );
    case "list_item_open":
      return <li key={key}>{children}</li>;
    case "link_open":
      return (
        <Anchor key={key} href={String(token.attrGet("href") ?? "")}>
          {children}
        </Anchor>
      );
    default:
      return <Fragment key={key}>{children}</Fragment>;
  }
}

function leafFor(token: Token, key: number): ReactNode {
  switch (token.type) {
    case "inline":
      return <Fragment key={key}>{render(token.children ?? [])}</Fragment>;
    case "code_inline":
      return <code key={key}>{token.content}</code>;
    case "fence":
      return (
        <CodeBlock
          key={key}
          code={token.content.replace(/\n$/, "")}
          language={token.info.trim().split(/\s/)[0] ?? ""}
        />
      );
    case "softbreak":
    case "hardbreak":
      return <br key={key} />;
    case "image": {
      // A picture from elsewhere would tell its server who is reading; as a link it is the reader's choice.
      const address = String(token.attrGet("src") ?? "");
      return (
        <Anchor key={key} href={address}>
          {token.content || address}
        </Anchor>
      );
    }
    default:
      return token.content;
  }
}

function render(tokens: readonly Token[]): ReactNode[] {
  const open: Array<{ token: Token; children: ReactNode[] }> = [];
  const roots: ReactNode[] = [];
  tokens.forEach((token, key) => {
    const siblings = open.at(-1)?.children ?? roots;
    if (token.nesting === 1) open.push({ token, children: [] });
    else if (token.nesting === 0) siblings.push(leafFor(token, key));
    else {
      const closed = open.pop();
      if (closed !== undefined) (open.at(-1)?.children ?? roots).push(elementFor(closed.token, key, closed.children));
    }
  });
  return roots;
}

export const MessageText = memo(function MessageText({ content }: { content: string }) {
  // The server refuses longer texts; the cut keeps the parser's time bounded whatever arrives.
  const text = content.slice(0, MESSAGE_MAX * 2);
  const tokens = markdown.parse(text, {});
  // Below its deepest level the parser drops what is written; then the text is shown as it was typed.
  if (tokens.some((token) => token.level >= NESTING_MAX - 1)) return <p className="whitespace-pre-wrap">{text}</p>;
  return render(tokens);
});
