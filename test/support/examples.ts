import type { App } from "cdktf";
import { join } from "node:path";
import { edgexLine } from "../../examples/edgex-line/app";
import { existingVpc } from "../../examples/existing-vpc/app";
import { highAvailability } from "../../examples/high-availability/app";
import { VideoStack } from "../../examples/import-into-your-stack/app";
import { localMicrok8s } from "../../examples/local-microk8s/app";
import { mlAtTheEdge } from "../../examples/ml-at-the-edge/app";
import { sandbox } from "../../examples/sandbox/app";
import { readSettings } from "../../examples/sandbox/settings";
import { synthApp, type StackJson } from "./synth";

/** A kubeconfig that is there on every machine. */
const KUBECONFIG = join(__dirname, "..", "microk8s", "fixtures", "kubeconfig.yaml");

const EXAMPLES: Readonly<Record<string, (app: App) => void>> = {
  sandbox: (app) => void sandbox(app, readSettings({ context: () => undefined, environment: {} })),
  "existing-vpc": (app) => void existingVpc(app),
  "edgex-line": (app) => void edgexLine(app),
  "high-availability": (app) => void highAvailability(app),
  "local-microk8s": (app) => void localMicrok8s(app, { path: KUBECONFIG }),
  "ml-at-the-edge": (app) => void mlAtTheEdge(app),
  "import-into-your-stack": (app) => void new VideoStack(app, "video"),
};

/** Every example by its folder, with its stacks as they are synthesized. */
export const synthesizedExamples: readonly [string, Record<string, StackJson>][] = Object.entries(EXAMPLES).map(([name, build]) => [
  name,
  synthApp(build),
]);
