import fc from "fast-check";
import { Duration, Size, WavelengthInstanceType, WorkerEgress } from "../../lib";
import { ClusterRoster } from "../../lib/microk8s/cluster-roster";
import { JOIN_SECONDS, MAX_READY_SECONDS, readySecondsAt } from "../../lib/microk8s/ready-time";
import { bostonCluster } from "../support/cluster";
import { parameter, resources, synthStack } from "../support/synth";

/** A group of workers: its name and its number of nodes. */
type Group = readonly [name: string, count: number];

const ELEVEN_HOURS = 11 * 3600;
const rootVolume = Size.gibibytes(50);
const controlPlaneCount = fc.constantFrom(1, 3, 5);
const groupName = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/).filter((name) => !["cp", "gateway"].includes(name));
/** Groups of different names, in the order of the code. */
const groups = (most: number, count: number) =>
  fc.uniqueArray(fc.tuple(groupName, fc.nat({ max: count })), { selector: ([name]) => name, maxLength: most });

/** Names of the nodes as the protocol orders them: the control plane, then the groups by name, each by number. */
function inOrder(controlPlane: number, all: readonly Group[]): string[] {
  const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const byName = [...all].sort(([one], [other]) => (one < other ? -1 : 1));
  return [...numbered("cp", controlPlane), ...byName.flatMap(([name, count]) => numbered(name, count))];
}

describe("in the roster", () => {
  const rosterOf = (controlPlane: number, all: readonly Group[]) => {
    const nodes = inOrder(controlPlane, []).map((name, index) => ({
      name,
      role: "control-plane" as const,
      privateIp: `10.0.0.${16 + index}`,
    }));
    const roster = new ClusterRoster({ nodes, instanceType: "t3.xlarge", rootVolume, gpu: false, leaving: [], resizing: [] });
    for (const [name, count] of all) {
      roster.addGroup({ desired: { name, count, generation: "0" }, instanceType: "t3.xlarge", rootVolume, gpu: false, leaving: [] });
    }
    return roster;
  };
  const positions = (roster: ClusterRoster, names: readonly string[]) => names.map((name) => roster.positionOf(name));

  test("every node has a position of its own, without gaps, whatever the order of the code; a host that is no node waits for none", () => {
    fc.assert(
      fc.property(controlPlaneCount, groups(8, 20), (count, all) => {
        const names = inOrder(count, all);
        const wanted = names.map((_, index) => index);
        expect(positions(rosterOf(count, all), names)).toEqual(wanted);
        expect(positions(rosterOf(count, [...all].reverse()), names)).toEqual(wanted);
        expect(rosterOf(count, all).positionOf("gateway")).toBe(0);
      }),
    );
  });

  test("a node's time rises with its position by one turn, and ends at eleven hours", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: ELEVEN_HOURS }), fc.nat({ max: 1000 }), (readySeconds, position) => {
        const [here, next] = [readySecondsAt(readySeconds, position), readySecondsAt(readySeconds, position + 1)];
        expect(here).toBeGreaterThanOrEqual(readySeconds);
        expect(next).toBeLessThanOrEqual(ELEVEN_HOURS);
        expect(next - here).toBe(Math.min(JOIN_SECONDS, ELEVEN_HOURS - here));
      }),
      { examples: [[ELEVEN_HOURS, 1000]] },
    );
    expect(MAX_READY_SECONDS).toBe(ELEVEN_HOURS);
  });

  test("another group moves none of the nodes before it, and those after it by its number", () => {
    fc.assert(
      fc.property(controlPlaneCount, groups(8, 20), fc.nat({ max: 7 }), (count, all, index) => {
        const added = all[index % Math.max(all.length, 1)];
        fc.pre(added !== undefined);
        const [name, size] = added;
        const others = all.filter((group) => group !== added);
        const [before, after] = [rosterOf(count, others), rosterOf(count, all)];
        const nodes = inOrder(count, others);
        const isLater = (node: string) => !node.startsWith("cp-") && node.slice(0, node.lastIndexOf("-")) > name;
        const moved = nodes.map((node) => [node, after.positionOf(node) - before.positionOf(node)]);
        expect(moved).toEqual(nodes.map((node) => [node, isLater(node) ? size : 0]));
      }),
    );
  });
});

describe("in the waiting stacks", () => {
  /** What each node is waited for, in seconds: by CloudFormation, and by the provider. */
  const waits = (count: number, all: readonly Group[], readyTimeout: Duration): Record<string, [number, number]> => {
    const json = synthStack((stack) => {
      const cluster = bostonCluster(stack, { controlPlane: { count }, readyTimeout });
      for (const [name, number] of all) {
        // Without a NAT gateway there is less to synthesize.
        cluster.addWorkers(name, { count: number, instanceType: WavelengthInstanceType.T3_MEDIUM, egress: WorkerEgress.CARRIER_IP });
      }
    });
    expect(JSON.parse(parameter(json, "desired").insecure_value)).toMatchObject({ joinSeconds: JOIN_SECONDS });
    return Object.fromEntries(
      resources(json, "aws_cloudformation_stack").map(({ name, template_body: body, timeouts }) => {
        const [, node] = /^mec-boston--([a-z0-9]+-\d+)-\$/.exec(name)!;
        const { Timeout } = JSON.parse(body).Resources.Ready.CreationPolicy.ResourceSignal;
        return [node, [Number(/^PT(\d+)S$/.exec(Timeout)![1]), Number(/^(\d+)s$/.exec(timeouts.create)![1])]];
      }),
    );
  };

  test("times rise with the positions, end at eleven hours and their rooms, and stay when a later group is added", () => {
    const minutes = fc.oneof(fc.integer({ min: 10, max: 60 }), fc.integer({ min: 600, max: 660 }));
    fc.assert(
      fc.property(controlPlaneCount, groups(3, 3), minutes, fc.integer({ min: 1, max: 3 }), (count, all, ready, more) => {
        const readyTimeout = Duration.minutes(ready);
        const before = waits(count, all, readyTimeout);
        const names = inOrder(count, all);
        expect(Object.keys(before).sort()).toEqual([...names].sort());
        names.forEach((name, position) => {
          const patience = Math.min(ready * 60 + position * JOIN_SECONDS, ELEVEN_HOURS);
          expect([name, ...before[name]!]).toEqual([name, patience + 120, patience + 720]);
        });
        // No name of the generator's comes after this one: sixteen of the last letter.
        const last: Group = ["z".repeat(16), more];
        fc.pre(all.every(([name]) => name < last[0]));
        const after = waits(count, [last, ...all], readyTimeout);
        expect(Object.keys(after)).toHaveLength(names.length + more);
        expect(after).toMatchObject(before);
      }),
      { numRuns: 8 },
    );
  }, 120_000);
});
