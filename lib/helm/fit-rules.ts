import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Aspects, Lazy, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { addRule, planError, warn } from "../annotations";
import { MecError } from "../errors";
import type { IMicrok8sCluster } from "../microk8s/cluster-interface";
import { DEFAULT_RESERVATION } from "../microk8s/node-reservation";
import { parameterName } from "../microk8s/parameters";
import { knownInstanceTypes } from "../wavelength/instance-type";
import { ClusterAddOns, type InstalledAddOn } from "./cluster-add-ons";
import { ClusterFit, ONCE_PER_CLUSTER, amountsOf, knownCapabilities, podsGet } from "./fit";
import { assertFootprint } from "./footprint";

/** What a node of a type that this release does not know is taken to have, in whatever unit. */
const ENOUGH = 1_000_000_000;

/**
 * Has it checked whether the add-ons of a cluster fit: at synth where its nodes are known, otherwise at plan.
 *
 * @param addOn an add-on; the first of a cluster speaks for all
 * @throws {MecError} MEC1008 for a footprint with a figure that is none
 */
export function checkFit(addOn: InstalledAddOn): void {
  const { cluster } = addOn;
  assertFootprint(addOn.node.path, addOn.footprint);
  if (cluster.capabilities === undefined) {
    PlannedFit.of(addOn)?.take(addOn);
  }
  if (ClusterAddOns.of(addOn, cluster).addOns[0] !== addOn) {
    return;
  }
  const fit = () => ClusterFit.of(addOn, cluster);
  addRule(addOn, () => {
    const { excesses, breakdown } = fit();
    return excesses.length === 0
      ? []
      : [
          new MecError(
            "MEC1420",
            addOn.node.path,
            `got ${excesses.join(" and ")}, on the cluster ${cluster.clusterName} (${breakdown}): pods that do not fit stay Pending, so write a larger instanceType or rootVolume, more workers, a lighter profile, or fewer add-ons`,
          ),
        ];
  });
  atSynth(addOn, () => {
    const { tight, breakdown, unknownTypes } = fit();
    if (tight.length > 0) {
      warn(
        addOn,
        "MEC1920",
        `got ${tight.join(" and ")}, on the cluster ${cluster.clusterName} (${breakdown}): little is left for your own pods, and for a node that is lost, so write a larger instanceType or rootVolume, or more workers`,
      );
    }
    if (knownCapabilities(addOn, cluster) === undefined) {
      warn(
        addOn,
        "MEC1921",
        `got a cluster whose nodes are not known at synth: whether its add-ons fit is ${cluster.region ? "checked when Terraform plans, with what each stack adds, but for volumes" : "not checked"}, so make the cluster in the same app to have all of it checked here`,
      );
    } else if (unknownTypes.length > 0) {
      warn(
        addOn,
        "MEC1922",
        `got nodes of the type ${unknownTypes.join(", ")}, whose size this release does not know: whether add-ons fit is not checked, so compare it yourself (${breakdown})`,
      );
    }
  });
}

/** Does something when the stack of a construct is synthesized, and all constructs are there. */
export function atSynth(construct: Construct, act: () => void): void {
  Aspects.of(construct).add({
    visit: (node: IConstruct) => {
      if (node === construct) {
        act();
      }
    },
  });
}

/**
 * Fails the plan of a stack whose add-ons do not fit on a cluster that is made elsewhere, by the capabilities it publishes. What other stacks
 * install is not known here, so each stack counts its own.
 */
class PlannedFit extends Construct {
  /** That of an add-on's stack; undefined for a cluster that publishes nothing. */
  public static of(addOn: InstalledAddOn): PlannedFit | undefined {
    const { cluster } = addOn;
    if (!cluster.region) {
      return undefined;
    }
    const stack = TerraformStack.of(addOn);
    const id = `Fit-${cluster.clusterName}`;
    return (stack.node.tryFindChild(id) as PlannedFit | undefined) ?? new PlannedFit(stack, id, cluster);
  }

  private readonly addOns: InstalledAddOn[] = [];

  private constructor(stack: TerraformStack, id: string, cluster: IMicrok8sCluster) {
    super(stack, id);
    new DataAwsSsmParameter(this, "Capabilities", {
      name: parameterName(cluster.clusterName, "capabilities"),
      lifecycle: {
        postcondition: [
          {
            condition: Lazy.stringValue({ produce: () => this.condition }),
            errorMessage: Lazy.stringValue({ produce: () => this.message(cluster.clusterName) }),
          },
        ],
      },
    });
  }

  /** Counts an add-on in. */
  public take(addOn: InstalledAddOn): void {
    this.addOns.push(addOn);
  }

  /** What all add-ons of the stack ask for, on no node and on each. */
  private get wanted() {
    const all = this.addOns.map(({ footprint }) => ({ once: amountsOf(footprint, 0), onOne: amountsOf(footprint, 1) }));
    const add = (of: (amounts: (typeof all)[number]) => number) => all.reduce((total, amounts) => total + of(amounts), 0);
    return {
      cpu: add(({ once }) => once.cpuMillis),
      cpuPerNode: add(({ once, onOne }) => onOne.cpuMillis - once.cpuMillis),
      memory: Math.ceil(add(({ once }) => once.memoryMebibytes)),
      memoryPerNode: Math.ceil(add(({ once, onOne }) => onOne.memoryMebibytes - once.memoryMebibytes)),
      gpus: Math.max(
        add(({ once }) => once.gpus),
        this.addOns.some(({ footprint }) => footprint.needsGpu === true) ? 1 : 0,
      ),
    };
  }

  private get condition(): string {
    const { cpu, cpuPerNode, memory, memoryPerNode, gpus } = this.wanted;
    return [
      `\${${there("cpuMillis", cpuPerNode)} >= ${cpu}`,
      `${there("mebibytes", memoryPerNode)} >= ${memory}`,
      ...(gpus > 0 ? ["try(jsondecode(self.insecure_value).gpu, true)"] : []),
    ]
      .join(" && ")
      .concat("}");
  }

  private message(clusterName: string): string {
    const { cpu, cpuPerNode, memory, memoryPerNode, gpus } = this.wanted;
    return planError(
      this,
      "MEC1420",
      `got ${cpu}m of CPU, ${memory} MiB of memory${gpus > 0 ? ` and ${gpus} GPUs` : ""} of the add-ons of this stack: the nodes of the cluster ${clusterName} have ` +
        `${thereText("cpuMillis", cpuPerNode, "m")} and ${thereText("mebibytes", memoryPerNode, " MiB")} for pods${gpus > 0 ? " and, by its capabilities, a GPU: ${try(jsondecode(self.insecure_value).gpu, true)}" : ""}, so write a larger instanceType or more workers there, a lighter profile, or fewer add-ons`,
    );
  }
}

/** Terraform expression of the nodes that a cluster publishes; none where it publishes none that this release can read. */
const NODES = "try([for like in jsondecode(self.insecure_value).nodes : like], [])";

/**
 * Terraform expression of what the nodes that take pods have for them, less what each reserves and what runs on it. A type that this release does not know has enough,
 * and so has a cluster that publishes no nodes.
 *
 * @param of which of both
 * @param perNode what is taken on each node
 */
function there(of: "cpuMillis" | "mebibytes", perNode: number): string {
  const known = knownInstanceTypes().map(({ name, vCpus, memory }) => `"${name}" = ${podsGet({ vCpus: vCpus!, memory: memory! })[of]}`);
  const ofType = `lookup({ ${known.join(", ")} }, try(like.instanceType, ""), ${ENOUGH})`;
  return `sum(concat([length(${NODES}) > 0 ? -${ONCE_PER_CLUSTER[of]} : ${ENOUGH}], [for like in ${NODES} : try(like.takesPods, true) ? try(like.count, 1) * (${ofType} - ${perNode} - try(like.reserved.${of}, ${DEFAULT_RESERVATION[of]})) : 0]))`;
}

/** Terraform template of the same for people; where that is not known it says so. */
function thereText(of: "cpuMillis" | "mebibytes", perNode: number, unit: string): string {
  const amount = there(of, perNode);
  return `\${${amount} < ${ENOUGH / 2} ? "\${${amount}}${unit}" : "an unknown amount of ${of === "cpuMillis" ? "CPU" : "memory"}"}`;
}
