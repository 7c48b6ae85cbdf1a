/** Something the emulated deploy needs and this machine lacks, as data: what, why and the command that gets it. */
export interface MissingTool {
  /** Short name, such as `terraform`. */
  readonly name: string;
  /** What was looked for and what was found instead; half a sentence. */
  readonly reason: string;
  /** Shell command (or setting) that gets it on this platform. */
  readonly command: string;
}

/** One line per missing thing: `terraform: not found on PATH; get it with: brew install opentofu`. */
export function missingToolLine(missing: MissingTool): string {
  return `${missing.name}: ${missing.reason}; get it with: ${missing.command}`;
}

/** Picks the command for a platform; `linux` stands in where a platform has none of its own. */
export function commandFor(platform: NodeJS.Platform, commands: { readonly linux: string; readonly darwin?: string }): string {
  return platform === "darwin" && commands.darwin !== undefined ? commands.darwin : commands.linux;
}
