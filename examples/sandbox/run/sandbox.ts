import { readFileSync } from "node:fs";
import {
  API_OVERRIDE_FILE,
  Emulator,
  emulatorEnvironment,
  findToolchain,
  missingToolLine,
  writeApiOverride,
} from "../../../lib/testing/emulator";
import { addOnFit } from "../../../stacks/add-on-fit";
import { billableResources } from "../../../stacks/billable-resources";
import type { EmulatorFaults, Toolchain } from "../../../lib/testing/emulator";
import { Cdktf, cdktfEnvironment, readManifest, readSynthesized, type ManifestStack } from "./cdktf";
import type { ChildResult } from "./children";
import { SandboxFailure } from "./failure";
import { apiPorts } from "./api-ports";
import { chartsOutOfReach } from "./chart-errors";
import { describeFates, fatesOf } from "./further-stacks";
import { describeNodes, nodeStatuses, watchNodes } from "./node-status";
import { readOutputs } from "./outputs";
import { prepareFolders } from "./paths";
import type { Note, Phase } from "./progress";
import { providerVersions, setUpProviders } from "./providers";
import type { ProviderSetup } from "./providers";
import { writeRecord } from "./record";
import type { Session } from "./session";
import { renderSummary } from "./summary";
import { teardownPhases, throwComplaints } from "./teardown";
import { failureText } from "./terraform-errors";

/** Deploys the sandbox from nothing, tells about it, and destroys it unless it is to be kept. */
export class SandboxRun {
  private tools!: Toolchain;
  private setup!: ProviderSetup;
  private cdktf!: Cdktf;
  private synthesis!: Promise<ChildResult>;
  private infrastructure!: string;
  private stacks!: readonly ManifestStack[];
  private faults?: EmulatorFaults;
  private begun: readonly string[] = [];
  private readonly deployed: string[] = [];
  private readonly notes: string[] = [];

  /**
   * @param session what the run shares
   * @param showOutput shows all output of cdktf. @default - only logged
   * @param colors whether the table may have colours
   */
  public constructor(
    private readonly session: Session,
    private readonly showOutput: ((text: string) => void) | undefined,
    private readonly colors: boolean,
  ) {}

  /** @throws SandboxFailure with a text for people */
  public async run(): Promise<void> {
    const { session } = this;
    const running = Emulator.attach(session.paths.state);
    if (running !== undefined) {
      throw new SandboxFailure(
        `A sandbox is already running in ${session.paths.state} (process ${running.pid}, ${running.endpoint}); destroy it first with: npm run sandbox -- --destroy`,
      );
    }
    this.faults = readFaults(session.args.faults);
    prepareFolders(session.paths);
    let failure: Error | undefined;
    try {
      await session.phases(this.deployPhases());
      await this.summarize();
    } catch (error) {
      failure = error as Error;
    }
    if (session.interruptedBy !== undefined) throw failure ?? new SandboxFailure("interrupted");
    if (failure !== undefined) session.line(`\n${failure.message}\n`);
    await this.finish(failure);
    if (failure !== undefined) throw new SandboxFailure(`The sandbox failed; logs are in ${session.paths.logs}`);
  }

  private deployPhases(): Phase[] {
    const phases: Phase[] = [
      { title: "tools", run: (note) => this.findTools(note) },
      { title: "emulated AWS", run: () => this.startEmulator() },
      { title: "synth", run: () => this.finishSynth() },
      { title: "infrastructure", run: (note) => this.deployInfrastructure(note) },
      { title: "in the cluster", run: (note) => this.deployFurther(note) },
    ];
    if (this.session.args.checkPlan) phases.push({ title: "second plan", run: (note) => this.checkPlans(note) });
    return phases;
  }

  private async findTools(note: Note): Promise<string> {
    const found = await findToolchain({ onNote: note });
    if (found.tools === undefined) {
      throw new SandboxFailure(["Missing for the sandbox:", ...found.missing.map((item) => `  ${missingToolLine(item)}`)].join("\n"));
    }
    this.tools = found.tools;
    const { terraform, python } = found.tools;
    return `${name(terraform.flavor)} ${terraform.version}, Python ${python.version}, moto ${python.moto}`;
  }

  private async startEmulator(): Promise<string> {
    const { paths, args } = this.session;
    // Synth needs no AWS, so both happen at once; the next phase waits for it.
    const cdktf = new Cdktf(
      this.session.children,
      paths,
      this.environment(emulatorEnvironment(process.env), paths.cliConfig),
      this.showOutput,
    );
    this.synthesis = cdktf.synth();
    this.synthesis.catch(() => undefined);
    this.session.emulator = await Emulator.start({
      stateDirectory: paths.state,
      python: this.tools.python.path,
      detached: args.keep,
      faults: this.faults,
    });
    return this.session.emulator.endpoint;
  }

  private environment(base: NodeJS.ProcessEnv, cliConfig: string, pluginCache?: string): NodeJS.ProcessEnv {
    const { paths, args } = this.session;
    return cdktfEnvironment(base, paths, {
      terraform: this.tools.terraform.path,
      cliConfig,
      pluginCache,
      zone: args.zone,
      with: args.with,
    });
  }

  private async finishSynth(): Promise<string> {
    const { paths } = this.session;
    const result = await this.synthesis;
    if (result.status !== 0) throw new SandboxFailure(`synth failed:\n${failureText(result)}`);
    const stacks = readManifest(paths.synthesized);
    const infrastructure = stacks.find(({ name: stack }) => stack.endsWith("-infrastructure"));
    if (infrastructure === undefined)
      throw new SandboxFailure(`the app has no stack <site>-infrastructure, only ${stacks.map((stack) => stack.name).join(", ")}`);
    this.infrastructure = infrastructure.name;
    this.stacks = stacks;
    this.setup = await setUpProviders(stacks, this.tools.terraform, paths.cliConfig);
    this.notes.push(...this.setup.notes);
    const stuck = this.setup.unusable.find(({ stack }) => stack.name === this.infrastructure);
    if (stuck !== undefined) {
      throw new SandboxFailure(["Missing for the sandbox:", ...stuck.missing.map((item) => `  ${missingToolLine(item)}`)].join("\n"));
    }
    const env = this.environment(this.session.emulator!.environment(), this.setup.cliConfig, this.setup.pluginCache);
    this.cdktf = new Cdktf(this.session.children, paths, env, this.showOutput);
    return stacks.map((stack) => stack.name).join(", ");
  }

  private async deployInfrastructure(note: Note): Promise<string> {
    const emulator = this.session.emulator!;
    const stop = watchNodes(() => emulator.parameters("/mec/"), note);
    try {
      await this.deploy(this.infrastructure);
    } finally {
      await stop();
    }
    return describeNodes(await this.statuses());
  }

  private async deployFurther(note: Note): Promise<string> {
    const further = this.stacks.filter((stack) => stack.name !== this.infrastructure);
    const withoutCharts: string[] = [];
    const fates = () => fatesOf(further, this.setup.unusable, withoutCharts);
    const ports = apiPorts(await this.session.emulator!.machines());
    for (const { name: stack, folder } of further) {
      // Asked anew each time: a stack may be skipped for what became of one before it.
      if (fates().some((fate) => fate.name === stack && fate.skipped !== undefined)) continue;
      note(stack);
      const clusters = writeApiOverride(folder, ports);
      if (clusters.length > 0) this.notes.push(`${stack}: the API of ${clusters.join(", ")} is reached on loopback (${API_OVERRIDE_FILE})`);
      if ((await this.deploy(stack)) === "no charts") {
        withoutCharts.push(stack);
        this.notes.push(
          `${stack} is synthesized but not deployed; the registry of its charts cannot be reached: ${this.session.paths.logs}`,
        );
      }
    }
    return describeFates(fates());
  }

  private async deploy(stack: string): Promise<"deployed" | "no charts"> {
    const { paths } = this.session;
    // Before the deploy: a runner that is killed leaves what --destroy needs.
    this.record([...this.begun, stack]);
    const result = await this.cdktf.deploy(stack, stack === this.infrastructure ? paths.outputs : undefined);
    if (result.status === 0) {
      this.deployed.push(stack);
      return "deployed";
    }
    if (result.trouble === undefined && chartsOutOfReach(result.output)) {
      // The provider looks for charts when it plans, and then nothing is to be destroyed.
      if (!/: Creating\.\.\./.test(result.output)) this.record(this.begun.filter((other) => other !== stack));
      return "no charts";
    }
    // A node that gave up said why; the error of the stack that waited for it says it in at most 64 characters.
    const failed = (await this.statuses().catch(() => [])).filter((status) => status.state === "failed");
    const reasons = failed.map((status) => `node ${describeNodes([status])}`);
    throw new SandboxFailure([`deploy of ${stack} failed:`, failureText(result), ...reasons].join("\n"));
  }

  private record(begun: readonly string[]): void {
    const { paths, args } = this.session;
    const terraform = this.tools.terraform.path;
    this.begun = begun;
    writeRecord(paths.record, { protocol: 1, stacks: begun, terraform, cliConfig: this.setup.cliConfig, zone: args.zone });
  }

  private async checkPlans(note: Note): Promise<string> {
    for (const stack of this.setup.usable.filter(({ name: stackName }) => this.deployed.includes(stackName))) {
      note(stack.name);
      const result = await this.cdktf.plan(this.tools.terraform.path, stack.folder);
      if (result.status === 2) throw new SandboxFailure(`the second plan of ${stack.name} is not empty:\n${result.output.trim()}`);
      if (result.status !== 0) throw new SandboxFailure(`the second plan of ${stack.name} failed:\n${failureText(result)}`);
    }
    return "empty";
  }

  private async statuses(): Promise<ReturnType<typeof nodeStatuses>> {
    return nodeStatuses(await this.session.emulator!.parameters("/mec/"));
  }

  private async summarize(): Promise<void> {
    const { paths, line } = this.session;
    const { terraform, python } = this.tools;
    const summary = {
      outputs: readOutputs(paths.outputs, this.infrastructure),
      statuses: await this.statuses(),
      fit: addOnFit(this.stacks.map(readSynthesized)).map(({ fit }) => fit.toTable()),
      billable: billableResources(this.setup.usable.filter(({ name: stack }) => this.deployed.includes(stack)).map(readSynthesized)),
      stateDirectory: paths.terraform,
      logsDirectory: paths.logs,
      real: [
        "cdktf deploy",
        `${name(terraform.flavor)} ${terraform.version}`,
        ...providerVersions(this.setup.usable),
        "user data, bootstrap and node agent",
      ],
      emulated: [`AWS (moto ${python.moto})`, "the machine with snapd, microk8s and its Kubernetes API (stand-ins)"],
      notes: this.notes,
    };
    line(`\n${renderSummary(summary, this.colors)}\n`);
  }

  private async finish(failure: Error | undefined): Promise<void> {
    const { session } = this;
    const { emulator } = session;
    if (emulator === undefined) return;
    if (session.args.keep && emulator.isRunning()) {
      session.line(keptText(emulator, session.paths.state));
      return;
    }
    const complaints: string[] = [];
    // Without a set-up nothing was deployed, and only the emulator has to end.
    const phases = teardownPhases({ emulator, cdktf: this.cdktf, stacks: this.begun }, complaints);
    await session.phases(phases);
    if (failure !== undefined) complaints.forEach((text) => session.line(text));
    else throwComplaints(complaints);
  }
}

function readFaults(path: string | undefined): EmulatorFaults | undefined {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as EmulatorFaults;
  } catch (error) {
    throw new SandboxFailure(`--faults ${path}: ${(error as Error).message}`);
  }
}

function name(flavor: "terraform" | "tofu"): string {
  return flavor === "tofu" ? "OpenTofu" : "Terraform";
}

function keptText(emulator: Emulator, state: string): string {
  const env = emulator.environment({});
  const variables = ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map((key) => `${key}=${env[key]}`);
  return [
    `The sandbox goes on in ${state} (process ${emulator.pid}).`,
    `Look at it:  export ${variables.join(" ")}`,
    `             curl ${emulator.endpoint}/_mec/machines`,
    "Destroy it:  npm run sandbox -- --destroy",
  ].join("\n");
}
