// `npm run bench`: the library against its hand-written twin, each in processes of their own, interleaved, the minimum of ten runs;
// the render of the library's own charts by a real Helm;
// and the memory of the node agent, whose real process runs against small servers (Linux only).
import Table from "cli-table3";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { agentArchive } from "../lib/microk8s/agent-archive";
import { MEASUREMENTS } from "./apps";

const RUNS = 10;
const TIME_LIMIT_MS = 60_000;

interface Figures {
  seconds: number;
  megabytes: number;
}

function once(name: string): Figures {
  const started = process.hrtime.bigint();
  const child = spawnSync(process.execPath, [join(__dirname, "apps.js"), name], { encoding: "utf8", timeout: TIME_LIMIT_MS });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (child.status !== 0) {
    throw new Error(`${name} failed: ${child.stderr}`);
  }
  return { seconds, megabytes: Number(child.stdout.trim().split("\n").pop()) / 1024 };
}

const best: Record<string, Figures> = {};
for (let run = 0; run < RUNS; run++) {
  for (const name of MEASUREMENTS) {
    const figures = once(name);
    const sofar = best[name] ?? figures;
    best[name] = {
      seconds: Math.min(sofar.seconds, figures.seconds),
      megabytes: Math.min(sofar.megabytes, figures.megabytes),
    };
  }
}

const table = new Table({ head: ["whole process", "seconds", "peak MB"], style: { head: [], border: [] } });
for (const name of MEASUREMENTS) {
  table.push([name, best[name].seconds.toFixed(3), best[name].megabytes.toFixed(0)]);
}
const ratio = best.library.seconds / best.twin.seconds;
const load = best["load-library"].seconds - best["load-cdktf"].seconds;
const verdict = (met: boolean) => (met ? "met" : "MISSED");
console.log(table.toString());
console.log(`minimum of ${RUNS} interleaved runs, Node ${process.version}`);
console.log(
  `synth: ${ratio.toFixed(2)} times the twin (at most 1.15: ${verdict(ratio <= 1.15)}), ${best.library.seconds.toFixed(2)} s (under 0.7 s: ${verdict(best.library.seconds < 0.7)})`,
);
console.log(`load: ${load.toFixed(3)} s over cdktf alone (at most 0.1 s: ${verdict(load <= 0.1)})`);

const many = best["library-100"].seconds / best["twin-100"].seconds;
const empty = best.library.seconds;
const perNode = (count: 10 | 100) => (best[`library-${count}`].seconds - empty) / count;
console.log(`synth of 100 workers: ${many.toFixed(2)} times the twin (at most 1.3: ${verdict(many <= 1.3)})`);
console.log(
  `cost of a worker: ${(1000 * perNode(10)).toFixed(1)} ms of 10, ${(1000 * perNode(100)).toFixed(1)} ms of 100 (not rising: ${verdict(perNode(100) <= perNode(10))})`,
);

const stacks = best["library-helm"].seconds - best.library.seconds;
console.log(`three Helm stacks: ${stacks.toFixed(3)} s more to synthesize (at most 0.25 s: ${verdict(stacks <= 0.25)})`);

// Helm is the tests' own, so its time is theirs to take.
const rendering = spawnSync(process.execPath, ["--import", "tsx", join("test", "helm", "support", "render-time.ts")], {
  encoding: "utf8",
  timeout: 4 * TIME_LIMIT_MS,
});
const charts = [...(rendering.stdout ?? "").matchAll(/^render (\S+) (\S+)$/gm)].map(([, chart, seconds]) => ({
  chart,
  seconds: Number(seconds),
}));
for (const { chart, seconds } of charts) {
  console.log(`render of ${chart}: ${seconds.toFixed(3)} s (under 0.5 s: ${verdict(seconds < 0.5)})`);
}
if (charts.length === 0) {
  console.log(
    `render of own charts: not measured: ${/^missing (.*)$/m.exec(rendering.stdout ?? "")?.[1] ?? rendering.stderr ?? rendering.error?.message}`,
  );
}

const AGENT_MB = 40;
const agent = spawnSync(process.env.MEC_PYTHON ?? "python3", ["-B", join("bench", "agent_memory.py"), agentArchive().file], {
  encoding: "utf8",
  timeout: 2 * TIME_LIMIT_MS,
});
const measured = /rest (\S+) peak (\S+) cpu (\S+)/.exec(agent.stdout ?? "");
console.log(
  measured
    ? `node agent: ${measured[1]} MB at rest, ${measured[2]} MB at most (under ${AGENT_MB} MB: ${verdict(Number(measured[2]) < AGENT_MB)}), ${measured[3]} % of a processor at rest`
    : `node agent: not measured: ${agent.stderr ?? agent.error?.message}`,
);
