import { createHash } from "node:crypto";

/**
 * Names what a machine shall be: the same for the same content, another for another. It is a part of the waiting stack's name, so that a
 * change is waited for.
 *
 * @param content what the machine acts upon, without what only the apply knows
 * @returns eight hexadecimal digits
 */
export function generationOf(content: object): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}
