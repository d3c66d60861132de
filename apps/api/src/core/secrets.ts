import { hash, randomBytes } from "node:crypto";

/** 256 random bits as text for a cookie or a link. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is stored of a secret, so that reading the database opens nothing. */
export function hashSecret(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}
