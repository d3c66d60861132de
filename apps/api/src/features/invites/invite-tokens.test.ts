import { createHmac } from "node:crypto";
import { newId } from "@confab/shared/ids";
import { describe, expect, it } from "vitest";
import { readInviteToken, writeInviteToken } from "./invite-tokens.ts";

const SECRET = "the server's own, the same on every node";
const ids = Array.from({ length: 200 }, () => newId());

describe("the secret of an invite", () => {
  it("leads back to its invite, and is always the same", () => {
    for (const id of ids) {
      const token = writeInviteToken(SECRET, id);
      expect(token).toMatch(/^[\w-]{44}$/);
      expect(writeInviteToken(SECRET, id)).toBe(token);
      expect(readInviteToken(SECRET, token)).toBe(id);
    }
  });

  it("is another under another key, and another for another invite", () => {
    const [id = "", other = ""] = ids;
    expect(readInviteToken(SECRET, writeInviteToken("another key", id))).toBeNull();
    expect(writeInviteToken(SECRET, id).slice(22)).not.toBe(writeInviteToken(SECRET, other).slice(22));
  });

  it("is one text: every change of a character makes it nothing", () => {
    const token = writeInviteToken(SECRET, ids[0] ?? "");
    for (let at = 0; at < token.length; at += 1)
      for (const letter of "AQgw019_-zZ") {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect(readInviteToken(SECRET, changed)).toBe(changed === token ? ids[0] : null);
      }
  });

  it("is not what was cut, lengthened, swapped, or written otherwise", () => {
    const [one, two] = [writeInviteToken(SECRET, ids[0] ?? ""), writeInviteToken(SECRET, ids[1] ?? "")];
    const halves = (token: string) => [token.slice(0, 22), token.slice(22)];
    const [[idOne, macOne], [idTwo, macTwo]] = [halves(one), halves(two)];
    const forged = [
      "",
      " ",
      ...Array.from({ length: 43 }, (_, length) => one.slice(0, length)),
      `${one}=`,
      `${one}A`,
      ` ${one}`,
      `${one}\n`,
      `${idOne}${macTwo}`,
      `${idTwo}${macOne}`,
      `${macOne}${idOne}`,
      `${idOne}${idOne}`,
      one.toLowerCase(),
      one.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
      `${one.slice(0, 22)}==${one.slice(22)}==`,
      ids[0] ?? "",
      `confab invite ${ids[0]}`,
      "A".repeat(44),
      "\u{1f30d}".repeat(22),
    ];
    for (const text of forged) expect([text, readInviteToken(SECRET, text)]).toEqual([text, null]);
  });

  it("is not a MAC of something else by the same key", () => {
    const [id = ""] = ids;
    const half = Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
    for (const message of [id, `confab_refresh ${id} 0`, `invite ${id}`, `confab invite ${id} `]) {
      const mac = createHmac("sha256", SECRET).update(message).digest().subarray(0, 16).toString("base64url");
      expect(readInviteToken(SECRET, half + mac)).toBeNull();
    }
  });
});
