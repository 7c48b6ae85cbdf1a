import { MecError, got } from "../../errors";
import { faultOfKey, faultOfValue, ownerOfKey } from "./label-syntax";

/**
 * What a taint does to pods that do not tolerate it.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export class TaintEffect {
  /** They are not scheduled there. */
  public static readonly NO_SCHEDULE = new TaintEffect("NoSchedule");
  /** They are scheduled there where there is no other node. */
  public static readonly PREFER_NO_SCHEDULE = new TaintEffect("PreferNoSchedule");
  /** They are not scheduled there, and those that run there are evicted. */
  public static readonly NO_EXECUTE = new TaintEffect("NoExecute");

  private constructor(
    /** Name as the Kubernetes API has it, such as `NoSchedule`. */
    public readonly name: string,
  ) {}

  /** Name as the Kubernetes API has it. */
  public toString(): string {
    return this.name;
  }
}

/** A taint of a node: keeps away the pods that do not tolerate it. */
export class NodeTaint {
  /**
   * A taint.
   *
   * @param key such as `nvidia.com/gpu`, by the syntax of labels
   * @param value such as `present`. @default - none
   * @param effect what it does. @default TaintEffect.NO_SCHEDULE
   * @throws {MecError} MEC1186 for what Kubernetes refuses, or uses for itself
   */
  public static of(key: string, value = "", effect: TaintEffect = TaintEffect.NO_SCHEDULE): NodeTaint {
    const refuse = (text: string, rule: string) => {
      throw new MecError(
        "MEC1186",
        "NodeTaint.of",
        `${got(text)}: ${rule}, so write for example NodeTaint.of("example.com/dedicated", "video")`,
      );
    };
    const fault = faultOfKey(key) ?? ownerOfKey(key);
    if (fault !== undefined) {
      refuse(key, fault);
    }
    const wrong = faultOfValue(value);
    if (wrong !== undefined) {
      refuse(value, wrong);
    }
    return new NodeTaint(key, value, effect);
  }

  private constructor(
    /** Key, such as `nvidia.com/gpu`. */
    public readonly key: string,
    /** Value; empty for none. */
    public readonly value: string,
    /** What it does. */
    public readonly effect: TaintEffect,
  ) {}

  /** As `kubectl taint` takes it: `key=value:NoSchedule`. */
  public toString(): string {
    return `${this.key}=${this.value}:${this.effect}`;
  }
}

/**
 * Refuses taints of which one would take the other's place, and gives the rest as texts, in an order of their own.
 *
 * @param path construct path for the error
 * @param taints taints as a person wrote them
 * @throws {MecError} MEC1187 for two of one key and effect
 */
export function checkedTaints(path: string, taints: readonly NodeTaint[] = []): string[] {
  const seen = new Map<string, NodeTaint>();
  for (const taint of taints) {
    const identity = `${taint.key}:${taint.effect}`;
    const twin = seen.get(identity);
    if (twin !== undefined) {
      throw new MecError(
        "MEC1187",
        path,
        `${got(`${twin}`)} and ${JSON.stringify(`${taint}`)} in taints: a node has one taint of a key and an effect, so write one of both`,
      );
    }
    seen.set(identity, taint);
  }
  return taints.map((taint) => `${taint}`).sort();
}
