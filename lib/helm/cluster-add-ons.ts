import { TerraformStack, type ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { MecError, got } from "../errors";
import type { IMicrok8sCluster } from "../microk8s/cluster-interface";
import type { AddOnDefinition } from "./add-on-props";
import type { Footprint } from "./footprint";
import { isSystemNamespace } from "./names";

/** An add-on, as the others of its cluster see it. */
export interface InstalledAddOn extends Construct {
  /** The cluster it is installed in. */
  readonly cluster: IMicrok8sCluster;
  /** Name of its kind. */
  readonly kind: string;
  /** Namespace of its release. */
  readonly namespace: string;
  /** Name of its release. */
  readonly releaseName: string;
  /** Whether its stack makes its namespaces, and takes them away. @internal */
  readonly createsNamespace: boolean;
  /** What it needs of the cluster. */
  readonly footprint: Footprint;
  /** What its class told of it. @internal */
  readonly definition: AddOnDefinition;
  /** Has it installed after something of its own stack. @internal */
  installAfter(dependables: readonly ITerraformDependable[]): void;
  /** What is there once it is installed. @internal */
  readonly installed: readonly ITerraformDependable[];
}

/** Where a release is: the add-on's own, or that of a chart added to it. */
export interface ReleasePlace {
  /** Name of the release. */
  readonly releaseName: string;
  /** Its namespace. */
  readonly namespace: string;
}

/** Add-ons by app, and by the Region and the name of their cluster: two imports of one cluster are one. */
const BY_APP = new WeakMap<IConstruct, Map<string, ClusterAddOns>>();

/** The add-ons of one cluster in an app, in whatever stacks they are, and the order they are installed in. */
export class ClusterAddOns {
  /** The add-ons of a cluster that are in the app of a construct. */
  public static of(construct: IConstruct, cluster: IMicrok8sCluster): ClusterAddOns {
    const { root } = construct.node;
    const clusters = BY_APP.get(root) ?? new Map<string, ClusterAddOns>();
    BY_APP.set(root, clusters);
    const key = `${cluster.region}/${cluster.clusterName}`;
    const found = clusters.get(key) ?? new ClusterAddOns();
    clusters.set(key, found);
    return found;
  }

  /** The add-ons of all clusters of an app. */
  public static all(root: IConstruct): readonly ClusterAddOns[] {
    return [...(BY_APP.get(root.node.root)?.values() ?? [])];
  }

  private readonly list: InstalledAddOn[] = [];
  /** The releases of each: its own first, then those of charts added to it. */
  private readonly releases = new Map<InstalledAddOn, ReleasePlace[]>();
  /** What each waits for. */
  private readonly needs = new Map<InstalledAddOn, Set<InstalledAddOn>>();
  /** Why an order cannot be, by the add-on that would have to wait. */
  private readonly circles: MecError[] = [];

  /** The add-ons in the order of the code. */
  public get addOns(): readonly InstalledAddOn[] {
    return this.list;
  }

  /** Takes in an add-on, and has it installed after what it needs and before what needs it. */
  public add(addOn: InstalledAddOn): void {
    this.list.push(addOn);
    this.releases.set(addOn, [addOn]);
    this.needs.set(addOn, new Set());
    for (const other of this.list) {
      if (isNeededBy(other, addOn)) {
        this.order(addOn, other);
      }
      if (other !== addOn && isNeededBy(addOn, other)) {
        this.order(other, addOn);
      }
    }
  }

  /** Takes in a release that an add-on got later, and has what waits for the add-on wait for it too. */
  public extend(addOn: InstalledAddOn, dependable: ITerraformDependable, place: ReleasePlace): void {
    this.releasesOf(addOn).push(place);
    for (const [waiting, needed] of this.needs) {
      if (needed.has(addOn) && TerraformStack.of(waiting) === TerraformStack.of(addOn)) {
        waiting.installAfter([dependable]);
      }
    }
  }

  /** The add-on that brings a storage class; undefined where none does. */
  public storageBy(className: string): InstalledAddOn | undefined {
    return this.list.find(({ definition }) => definition.storageClasses?.some(({ name }) => name === className));
  }

  /** What is wrong with an add-on beside the others. */
  public errorsOf(addOn: InstalledAddOn): MecError[] {
    return [
      ...this.circles.filter(({ path }) => path === addOn.node.path),
      ...this.missing(addOn),
      ...this.conflicts(addOn),
      ...this.twins(addOn),
      ...this.unknownStorage(addOn),
    ];
  }

  private order(waiting: InstalledAddOn, needed: InstalledAddOn): void {
    const way = this.way(needed, waiting);
    if (way !== undefined) {
      const kinds = [waiting, ...way].map(({ kind }) => kind).join(" -> ");
      this.circles.push(
        new MecError(
          "MEC1417",
          waiting.node.path,
          `got ${kinds}: each is installed after the one it requires, so none could be the first; take one of the requirements out`,
        ),
      );
      return;
    }
    const own = TerraformStack.of(waiting);
    const other = TerraformStack.of(needed);
    if (own === other) {
      waiting.installAfter(needed.installed);
    } else if (other.dependsOn(own)) {
      this.circles.push(
        new MecError(
          "MEC1417",
          waiting.node.path,
          `got ${waiting.kind} in the stack ${own.node.id}, which requires ${needed.kind} of the stack ${other.node.id}: that stack is deployed after ${own.node.id} already, so write both add-ons into one stack`,
        ),
      );
      return;
    } else {
      own.addDependency(other);
    }
    this.needs.get(waiting)?.add(needed);
  }

  /** A way along what add-ons wait for, from one to another, both included. */
  private way(from: InstalledAddOn, to: InstalledAddOn): InstalledAddOn[] | undefined {
    if (from === to) {
      return [from];
    }
    for (const next of this.needs.get(from) ?? []) {
      const rest = this.way(next, to);
      if (rest !== undefined) {
        return [from, ...rest];
      }
    }
    return undefined;
  }

  private missing(addOn: InstalledAddOn): MecError[] {
    return (addOn.definition.requires ?? [])
      .filter((kind) => !this.list.some((other) => other.kind === kind))
      .map(
        (kind) =>
          new MecError(
            "MEC1416",
            addOn.node.path,
            `got no ${kind} for the cluster ${addOn.cluster.clusterName}: ${addOn.kind} requires it, so add ${kind} to the app, in this stack or another`,
          ),
      );
  }

  private conflicts(addOn: InstalledAddOn): MecError[] {
    const declares = (one: InstalledAddOn, other: InstalledAddOn) => one.definition.conflicts?.includes(other.kind) === true;
    return this.before(addOn)
      .filter((other) => declares(addOn, other) || declares(other, addOn))
      .map(
        (other) =>
          new MecError(
            "MEC1418",
            addOn.node.path,
            `got ${addOn.kind} beside ${other.kind} (${other.node.path}) in the cluster ${addOn.cluster.clusterName}: the two cannot share a cluster, so take one of them out`,
          ),
      );
  }

  private twins(addOn: InstalledAddOn): MecError[] {
    const { definition } = addOn;
    return [...this.before(addOn), addOn].flatMap((other) => {
      const refuse = (what: string, rule: string) => [
        new MecError("MEC1415", addOn.node.path, `got ${what}: ${other.node.path} has it already, ${rule}`),
      ];
      const release = this.sharedRelease(addOn, other);
      if (release !== undefined) {
        return refuse(
          `the release ${release.releaseName} of the namespace ${release.namespace}`,
          "and both would write the same release, so write another releaseName or namespace",
        );
      }
      if (other === addOn) {
        return [];
      }
      const group = definition.ownsCrds?.find((candidate) => other.definition.ownsCrds?.includes(candidate));
      if (group !== undefined) {
        return refuse(`the custom resource definitions of ${group}`, `and a cluster has them once, so take one of the two out`);
      }
      const offer = definition.storageClasses?.find(({ name }) =>
        other.definition.storageClasses?.some((another) => another.name === name),
      );
      if (offer !== undefined) {
        return refuse(`the storage class ${offer.name}`, `and a cluster has it once, so take one of the two out`);
      }
      const namespace = this.sharedNamespace(addOn, other);
      if (namespace !== undefined) {
        return refuse(
          `"${namespace}" as namespace`,
          `in the stack ${TerraformStack.of(other).node.id}, and the one that makes it takes it away from the other, so write another namespace, both add-ons into one stack with the same createNamespace, or createNamespace: false at both`,
        );
      }
      return [];
    });
  }

  /** A release that an add-on has and another has too, or the add-on itself twice. */
  private sharedRelease(addOn: InstalledAddOn, other: InstalledAddOn): ReleasePlace | undefined {
    const own = this.releasesOf(addOn);
    return own.find(({ releaseName, namespace }, index) =>
      (other === addOn ? own.slice(0, index) : this.releasesOf(other)).some(
        (place) => place.releaseName === releaseName && place.namespace === namespace,
      ),
    );
  }

  /** A namespace that one of two add-ons would take away from the other: both have it made by one stack, or apart. */
  private sharedNamespace(addOn: InstalledAddOn, other: InstalledAddOn): string | undefined {
    const isOneStack = TerraformStack.of(other) === TerraformStack.of(addOn);
    if (addOn.createsNamespace === other.createsNamespace && (isOneStack || !addOn.createsNamespace)) {
      return undefined;
    }
    const theirs = this.releasesOf(other);
    return this.releasesOf(addOn)
      .map(({ namespace }) => namespace)
      .find((name) => !isSystemNamespace(name) && theirs.some(({ namespace }) => namespace === name));
  }

  private releasesOf(addOn: InstalledAddOn): ReleasePlace[] {
    return this.releases.get(addOn) ?? [];
  }

  private unknownStorage(addOn: InstalledAddOn): MecError[] {
    const { storageClass } = addOn.definition;
    const known = addOn.cluster.capabilities?.storageClasses;
    if (storageClass === undefined || known === undefined || known.includes(storageClass) || this.storageBy(storageClass)) {
      return [];
    }
    const there = [...known, ...this.list.flatMap(({ definition }) => definition.storageClasses?.map(({ name }) => name) ?? [])];
    return [
      new MecError(
        "MEC1419",
        addOn.node.path,
        `${got(storageClass)} as storageClass: the cluster ${addOn.cluster.clusterName} has ${there.map((name) => `"${name}"`).join(", ") || "none"}, so write ` +
          `${there.length > 0 ? "one of these, or " : ""}an add-on that brings it, such as new HostpathStorage(…) or a PlatformStack with storage`,
      ),
    ];
  }

  /** The add-ons that came before this one: what two share is told once. */
  private before(addOn: InstalledAddOn): InstalledAddOn[] {
    return this.list.slice(0, this.list.indexOf(addOn));
  }
}

/** Whether one add-on is to be installed before another. */
function isNeededBy(needed: InstalledAddOn, { definition }: InstalledAddOn): boolean {
  return (
    definition.requires?.includes(needed.kind) === true ||
    definition.after?.includes(needed.kind) === true ||
    needed.definition.storageClasses?.some(({ name }) => name === definition.storageClass) === true
  );
}
