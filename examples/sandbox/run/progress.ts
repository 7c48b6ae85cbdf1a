import { Listr } from "listr2";

/** Says what a phase is doing right now. */
export type Note = (text: string) => void;

/** A step of the run that people see. */
export interface Phase {
  /** Name, such as `infrastructure`. */
  readonly title: string;
  /** Does the work. @returns what to show when it is done; a rejection ends the run */
  readonly run: (note: Note) => Promise<string | undefined>;
}

/** Where progress is shown. */
export interface ProgressOptions {
  /** A live list (a terminal), or plain lines. */
  readonly live: boolean;
  /** Writes a plain line. */
  readonly line: (text: string) => void;
}

/** Runs phases one after another; the first that rejects ends it with its error. */
export async function runPhases(phases: readonly Phase[], options: ProgressOptions): Promise<void> {
  await (options.live ? runLive(phases) : runPlain(phases, options.line));
}

async function runPlain(phases: readonly Phase[], line: (text: string) => void): Promise<void> {
  for (const { title, run } of phases) {
    const start = Date.now();
    const seconds = (): string => `${((Date.now() - start) / 1000).toFixed(1)} s`;
    line(`${title} ...`);
    try {
      const result = await run((text) => line(`${title}: ${text} [${seconds()}]`));
      line(`${title}: ${result ?? "done"} [${seconds()}]`);
    } catch (error) {
      line(`${title}: failed [${seconds()}]`);
      throw error;
    }
  }
}

async function runLive(phases: readonly Phase[]): Promise<void> {
  await new Listr(
    phases.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, task: { output: unknown; title?: string }) => {
        const start = Date.now();
        const result = await run((text) => (task.output = text));
        task.title = `${title}: ${result ?? "done"} [${((Date.now() - start) / 1000).toFixed(1)} s]`;
      },
      rendererOptions: { outputBar: 1 },
    })),
    // The runner has its own handlers, and prints errors itself, with where the logs are.
    {
      concurrent: false,
      exitOnError: true,
      registerSignalListeners: false,
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
    },
  ).run();
}
