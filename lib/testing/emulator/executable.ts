import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/**
 * Finds a program as a shell would.
 *
 * @param name bare name (looked for in `PATH`), or a path
 * @param env environment whose `PATH` counts
 * @returns absolute path, or `undefined`
 */
export function findExecutable(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (name.includes("/")) return isExecutable(resolve(name)) ? resolve(name) : undefined;
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    if (isAbsolute(folder) && isExecutable(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
