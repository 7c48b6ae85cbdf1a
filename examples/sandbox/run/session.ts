import type { Emulator } from "../../../lib/testing/emulator";
import { processTree } from "../../../lib/testing/emulator/process-tree";
import type { SandboxArguments } from "./arguments";
import { Children } from "./children";
import { releaseLock, takeLock } from "./lock";
import type { SandboxPaths } from "./paths";
import type { Phase } from "./progress";
import { runPhases } from "./progress";
import { SandboxFailure } from "./failure";

/** What a run of the command shares: its children, its emulator, its place on the screen, and its end by the user. */
export class Session {
  public readonly children = new Children();

  /** The emulator as soon as it runs. */
  public emulator?: Emulator;

  /** Signal that ends the run, once there was one. */
  public interruptedBy?: NodeJS.Signals;

  private shutdown?: Promise<void>;

  public constructor(
    public readonly paths: SandboxPaths,
    public readonly args: SandboxArguments,
    /** Writes a line for people. */
    public readonly line: (text: string) => void,
    /** Whether progress may be a live list. */
    private readonly live: boolean,
  ) {}

  /** @throws SandboxFailure when another runner works in the state folder */
  public lock(): void {
    const holder = takeLock(this.paths.lock);
    if (holder !== undefined) {
      throw new SandboxFailure(
        `Another sandbox command (process ${holder}) works in ${this.paths.state}; wait for its end, or end it with: kill ${holder}`,
      );
    }
  }

  /** Gives the lock back. */
  public unlock(): void {
    releaseLock(this.paths.lock);
  }

  /** Runs phases and shows them. @throws what a phase throws, or when the user interrupts */
  public async phases(phases: readonly Phase[]): Promise<void> {
    const guarded = phases.map((phase): Phase => ({
      title: phase.title,
      run: async (note) => {
        this.throwIfInterrupted();
        const result = await phase.run(note);
        this.throwIfInterrupted();
        return result;
      },
    }));
    await runPhases(guarded, { live: this.live, line: this.line });
  }

  private throwIfInterrupted(): void {
    if (this.interruptedBy !== undefined) throw new SandboxFailure(`interrupted by ${this.interruptedBy}`);
  }

  /** First signal: ends the children, then the emulator with its machines; nothing is destroyed. */
  public interrupt(signal: NodeJS.Signals): void {
    this.interruptedBy = signal;
    this.shutdown = (async () => {
      // The emulator goes last and by itself: it knows its machines.
      const except = this.emulator === undefined ? [] : [this.emulator.pid];
      await this.children.stopAll(2, except);
      await this.emulator?.stop(5).catch((error: Error) => this.line(error.message));
      await this.children.stopAll(0);
    })();
  }

  /** Ends children that a failure left behind; a sandbox that is kept goes on. */
  public async sweep(): Promise<void> {
    await this.children.stopAll(2, this.emulator?.isRunning() ? [this.emulator.pid] : []);
  }

  /** Waits until {@link interrupt} has ended everything; at once when there was no signal. */
  public async settled(): Promise<void> {
    await this.shutdown;
  }

  /** Second signal: kills everything now. */
  public kill(): void {
    const trees = this.emulator?.isRunning() ? processTree(this.emulator.pid).map((entry) => entry.pid) : [];
    this.children.killAll(trees);
    this.unlock();
  }
}
