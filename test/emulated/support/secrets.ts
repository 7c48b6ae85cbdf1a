import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The lines of a PEM block that are secret: its base64 text. */
export function pemLines(pem: string): string[] {
  return pem.split("\n").filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
}

/** Files under a folder, without the ones that are left out. */
export function filesUnder(folder: string, leaveOut: (path: string) => boolean): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !leaveOut(path));
}

/** Which of the texts hold a secret, or a private key of any kind, whole lines or escaped in JSON alike. */
export function leaks(texts: ReadonlyMap<string, string>, secrets: readonly string[]): string[] {
  return [...texts].filter(([, text]) => /PRIVATE KEY/.test(text) || secrets.some((secret) => text.includes(secret))).map(([name]) => name);
}

/** Texts by path. */
export function readAll(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, readFileSync(path, "latin1")]));
}
