import { createHmac, timingSafeEqual } from "node:crypto";

/** Bytes of a UUID, and of a MAC that nobody guesses. */
const HALF = 16;

function macOf(secret: string, id: string): Buffer {
  return createHmac("sha256", secret).update(`confab invite ${id}`).digest().subarray(0, HALF);
}

/**
 * The secret of an invite: its id and a MAC that proves it ours. So nothing has to be stored, the link can be shown and
 * copied again, and whoever reads the table can open none.
 */
export function writeInviteToken(secret: string, id: string): string {
  const bytes = Buffer.from(id.replaceAll("-", ""), "hex");
  return bytes.toString("base64url") + macOf(secret, id).toString("base64url");
}

/** The id of the invite behind the text, or null if it was not made here. */
export function readInviteToken(secret: string, text: string): string | null {
  const hex = Buffer.from(text, "base64url").subarray(0, HALF).toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  // Compared as a whole: there is one way to write a token, whatever else would be decoded to the same bytes.
  const [given, right] = [Buffer.from(text), Buffer.from(writeInviteToken(secret, id))];
  return given.length === right.length && timingSafeEqual(given, right) ? id : null;
}
