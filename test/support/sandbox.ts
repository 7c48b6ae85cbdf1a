import { sandbox } from "../../examples/sandbox/app";
import { readSettings } from "../../examples/sandbox/settings";
import { synthApp, type StackJson } from "./synth";

/** The synthesized stacks of the sandbox by name, with settings from these variables alone. */
export function synthSandbox(environment: Record<string, string> = {}): Record<string, StackJson> {
  return synthApp((app) => void sandbox(app, readSettings({ context: () => undefined, environment })));
}
