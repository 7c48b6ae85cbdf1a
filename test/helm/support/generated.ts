import type { KubernetesObject } from "./helm";

/** Objects with the number of characters instead of what a Secret holds, which Helm may generate anew each time there is no cluster to look into. */
export function withoutSecrets(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.map((object) => {
    if (object.kind !== "Secret") return object;
    const lengths = Object.entries((object.data ?? {}) as Record<string, string>).map(([key, value]) => [key, value.length]);
    return { ...object, data: Object.fromEntries(lengths) };
  });
}
