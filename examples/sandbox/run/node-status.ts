import type { EmulatedParameter } from "../../../lib/testing/emulator";

/** What a node last said about itself, from its `nodes/<node>` parameter. */
export interface NodeStatus {
  readonly cluster: string;
  readonly node: string;
  /** Phase, such as `install`; `boot` while the node has not written yet. */
  readonly phase: string;
  /** `working`, `ready` or `failed`. */
  readonly state: string;
  /** Why it failed or what it waits for; may be empty. */
  readonly reason: string;
  /** Seconds since its agent first started. */
  readonly seconds?: number;
  /** Of these, seconds inside external commands. */
  readonly commandSeconds?: number;
}

/** Reads the node records among parameters, in order of their names. */
export function nodeStatuses(parameters: Readonly<Record<string, EmulatedParameter>>): NodeStatus[] {
  const statuses: NodeStatus[] = [];
  for (const [name, { value }] of Object.entries(parameters).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))) {
    const match = /^\/mec\/([^/]+)\/nodes\/([^/]+)$/.exec(name);
    if (match === null) continue;
    const record = parse(value);
    statuses.push({
      cluster: match[1]!,
      node: match[2]!,
      phase: typeof record.phase === "string" ? record.phase : "boot",
      state: typeof record.state === "string" ? record.state : "working",
      reason: typeof record.reason === "string" ? record.reason : "",
      seconds: typeof record.seconds === "number" ? record.seconds : undefined,
      commandSeconds: typeof record.commandSeconds === "number" ? record.commandSeconds : undefined,
    });
  }
  return statuses;
}

/** One line for progress, such as `cp-0: install (snap store …)`. */
export function describeNodes(statuses: readonly NodeStatus[]): string {
  return statuses
    .map(({ node, phase, state, reason }) => {
      const text = state === "failed" ? `failed in ${phase}` : phase;
      // The signal of a node carries phase and reason in one; here the phase is told already.
      const why = reason.startsWith(`${phase}: `) ? reason.slice(phase.length + 2) : reason;
      return `${node}: ${text}${why ? ` (${why})` : ""}`;
    })
    .join(", ");
}

function parse(value: string | null): Record<string, unknown> {
  try {
    const record: unknown = JSON.parse(value ?? "");
    return typeof record === "object" && record !== null ? (record as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Tells about changes of the nodes until it is stopped.
 *
 * @param read reads the parameters under `/mec/`
 * @param tell called with {@link describeNodes} when it changed
 * @returns stops it, and resolves when it has stopped
 */
export function watchNodes(
  read: () => Promise<Readonly<Record<string, EmulatedParameter>>>,
  tell: (text: string) => void,
  pauseMilliseconds = 1000,
): () => Promise<void> {
  let stopped = false;
  let wake = (): void => undefined;
  const loop = (async () => {
    let last = "";
    while (!stopped) {
      // A read that fails says nothing about the deploy; the next one may work.
      const text = describeNodes(nodeStatuses(await read().catch(() => ({}))));
      if (!stopped && text !== "" && text !== last) tell((last = text));
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMilliseconds);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return async () => {
    stopped = true;
    wake();
    await loop;
  };
}
