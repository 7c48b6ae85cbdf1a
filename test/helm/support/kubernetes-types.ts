import { existsSync } from "node:fs";
import { join } from "node:path";
import { CUSTOM_KINDS, type Shape } from "./custom-kinds";
import type { KubernetesObject } from "./helm";
import { declarationOf, modules, type Declaration, type FieldType } from "./type-declarations";

/**
 * What is wrong with rendered objects, a line for each: fields that Kubernetes does not know, which it drops without a word, and values that it
 * refuses by their type. Kubernetes' own kinds are those of kubernetes-models, others those of {@link CUSTOM_KINDS}.
 */
export function typeFaults(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) => {
    const name = `${object.apiVersion} ${object.kind} ${object.metadata?.name}`;
    return faultsOf(object).map((fault) => `${name}: ${fault}`);
  });
}

function faultsOf(object: KubernetesObject): string[] {
  const { apiVersion, kind } = object;
  const file = join(modules(), "kubernetes-models", String(apiVersion), `${kind}.d.ts`);
  if (existsSync(file)) {
    const unknown = unknownFields(object, { declared: declarationOf(file) }, "");
    return [...unknown, ...refused(object)];
  }
  const shape = CUSTOM_KINDS[`${apiVersion} ${kind}`];
  if (shape === undefined) return ["is of a kind that is not known"];
  const metadata = join(modules(), "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta.d.ts");
  const { metadata: given, ...rest } = object;
  return [
    ...unknownFields(given, { declared: declarationOf(metadata) }, "/metadata"),
    ...outOfShape(rest, { apiVersion: "any", kind: "any", spec: shape }, ""),
  ];
}

/** What the package's own check says. */
function refused(object: KubernetesObject): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- one of hundreds of modules, by the kind of the object
  const models = require(`kubernetes-models/${object.apiVersion}/${object.kind}`) as Record<string, new (data: object) => Model>;
  try {
    new models[object.kind]!(object).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

interface Model {
  validate(): void;
}

/** Fields of a value that its type does not have, as paths. */
export function unknownFields(value: unknown, type: FieldType, path: string): string[] {
  if (type === "plain" || value === null || typeof value !== "object") return [];
  if ("each" in type) return Object.entries(value).flatMap(([key, inner]) => unknownFields(inner, type.each, `${path}/${key}`));
  const { fields }: Declaration = type.declared;
  if (fields === undefined) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = fields.get(key);
    return field === undefined ? [`${path}/${key} is not a field`] : unknownFields(inner, field, `${path}/${key}`);
  });
}

/** Fields of a value that its shape does not have, as paths. */
function outOfShape(value: unknown, shape: Shape, path: string): string[] {
  if (shape === "any" || value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) return value.flatMap((inner, index) => outOfShape(inner, shape, `${path}/${index}`));
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(shape, key) ? outOfShape(inner, shape[key]!, `${path}/${key}`) : [`${path}/${key} is not a field`],
  );
}
