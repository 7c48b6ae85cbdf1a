import { App } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HelmAddOn } from "../../lib";
import {
  CertManager,
  GpuDriver,
  GpuOperator,
  HostpathStorage,
  MecError,
  ReclaimPolicy,
  WavelengthInstanceType,
  type IMicrok8sCluster,
  type Values,
} from "../../lib";
import { schemaPaths } from "../../lib/helm/schema-paths";
import { unknownPaths } from "../../lib/helm/value-paths";
import { addOnStack, bostonSite } from "./support/add-ons";

type Make = (stack: ReturnType<typeof addOnStack>, props: { cluster: IMicrok8sCluster; values?: Values }) => HelmAddOn;

/** Each add-on with all that it can be told. */
const ADD_ONS: [string, Make][] = [
  ["CertManager", (stack, props) => new CertManager(stack, "AddOn", props)],
  ["GpuOperator", (stack, props) => new GpuOperator(stack, "AddOn", props)],
  ["GpuOperator with the image's driver", (stack, props) => new GpuOperator(stack, "AddOn", { ...props, driver: GpuDriver.HOST })],
  ["HostpathStorage", (stack, props) => new HostpathStorage(stack, "AddOn", props)],
  [
    "HostpathStorage that retains",
    (stack, props) => new HostpathStorage(stack, "AddOn", { ...props, reclaimPolicy: ReclaimPolicy.RETAIN, isDefaultClass: false }),
  ],
];

function made(make: Make, values?: Values): HelmAddOn {
  const app = new App();
  const { cluster } = bostonSite(app, { controlPlane: { instanceType: WavelengthInstanceType.G4DN_2XLARGE } });
  return make(addOnStack(app), { cluster, values });
}

/** What the add-on's chart knows, its open maps closed: what the library sets must be there by name, or in a map that the add-on names. */
function strictList({ chart: { name, version, folder } }: HelmAddOn): string[] {
  const file = join(__dirname, "..", "..", "lib", "helm", "value-paths", `${name}-${version}.txt`);
  const lines =
    folder === undefined ? readFileSync(file, "utf8").split("\n") : schemaPaths(readFileSync(join(folder, "values.schema.json"), "utf8"))!;
  return lines.map((line) => line.replace(/\.\*$/, ""));
}

/** The paths of the leaves of values. */
function leaves(values: object): string[][] {
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? leaves(value).map((path) => [key, ...path])
      : [[key]],
  );
}

describe.each(ADD_ONS)("%s", (_, make) => {
  test("sets only what its chart knows", () => {
    const addOn = made(make);
    expect(leaves(addOn.values).length).toBeGreaterThan(0);
    expect(unknownPaths(addOn.values, strictList(addOn), addOn.definition.openMaps)).toEqual([]);
  });

  test("names no open map in vain", () => {
    const addOn = made(make);
    const list = strictList(addOn);
    for (const open of addOn.definition.openMaps ?? []) {
      expect(list.some((path) => path === open || path.startsWith(`${open}.`))).toBe(true);
    }
  });

  test("refuses each of its own keys when it is mistyped, with the right one", () => {
    const { values } = made(make);
    for (const key of Object.keys(values)) {
      const mistyped = `${key}x`;
      const refused = (): unknown => made(make, { [mistyped]: values[key] });
      expect(refused).toThrow(MecError);
      expect(refused).toThrow(new RegExp(`^\\[MEC1470\\] add-ons/AddOn: got the value key "${mistyped}", .*: write "${key}"$`));
    }
  });
});

test("a key of another version is not checked", () => {
  const app = new App();
  const { cluster } = bostonSite(app);
  const addOn = new CertManager(addOnStack(app), "AddOn", { cluster, version: "v1.99.0", values: { brandNew: true } });
  expect(addOn.values.brandNew).toBe(true);
});
