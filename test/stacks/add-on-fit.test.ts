import { Microk8sCluster, Size, WavelengthInstanceType } from "../../lib";
import { PlatformStack, addOnFit } from "../../stacks";
import { SomeAddOn, addOnStack, bostonSite } from "../helm/support/add-ons";
import { synthApp } from "../support/synth";

const stacks = synthApp((app) => {
  const { cluster } = bostonSite(app, {
    controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM, rootVolume: { size: Size.gibibytes(30) } },
  });
  cluster.addWorkers("work", { count: 2, instanceType: WavelengthInstanceType.T3_XLARGE });
  const platform = new PlatformStack(app, "platform", { cluster });
  const footprint = {
    cpuMillis: 100,
    memory: Size.mebibytes(200),
    volumes: Size.gibibytes(8),
    perNode: { cpuMillis: 10, memory: Size.mebibytes(20) },
  };
  new SomeAddOn(platform, "Data", { cluster }, { footprint });
  const elsewhere = Microk8sCluster.fromClusterName(addOnStack(app, "names"), "Other", { clusterName: "other", region: "us-east-1" });
  new PlatformStack(app, "other", { cluster: elsewhere, storage: false });
});

test("the fit of a site is read from what is synthesized: machines with their disks, and what each stack's output tells", () => {
  const fits = addOnFit([stacks["boston-infrastructure"]!, stacks.names!, stacks.platform!, stacks.other!]);
  expect(fits.map(({ clusterName }) => clusterName)).toEqual(["boston", "other"]);
  const [{ fit }, other] = fits as [(typeof fits)[number], (typeof fits)[number]];
  expect(fit.rows.map(({ name }) => name).sort()).toEqual(["cert-manager", "data", "hostpath-storage", "microk8s"]);
  expect(fit.requested).toEqual({
    cpuMillis: 30 + 10 + 130 + 850,
    memoryMebibytes: 192 + 32 + 260 + 3 * 515 + 70,
    volumeGibibytes: 8,
    gpus: 0,
  });
  expect(fit.available).toEqual({
    cpuMillis: 2000 + 2 * 4000,
    memoryMebibytes: 4096 + 2 * 16384 - 300,
    volumeGibibytes: 20 + 2 * 40,
    gpus: 0,
  });
  expect(other.fit.available).toBeUndefined();
});

test("stacks without add-ons have no fit", () => {
  expect(addOnFit([stacks["boston-infrastructure"]!, stacks.names!])).toEqual([]);
});

test("clusters of one name in two Regions are two, and add-ons of one kind in a stack all count", () => {
  const both = synthApp((app) => {
    const { cluster } = bostonSite(app);
    const platform = new PlatformStack(app, "platform", { cluster, storage: false });
    new SomeAddOn(platform, "One", { cluster }, { kind: "data" });
    new SomeAddOn(platform, "Two", { cluster, releaseName: "two", namespace: "more" }, { kind: "data" });
    const stack = addOnStack(app, "names");
    const west = Microk8sCluster.fromClusterName(stack, "West", { clusterName: "boston", region: "us-west-2" });
    new PlatformStack(app, "west", { cluster: west, storage: false });
  });
  const outputs = both.platform!.output.add_ons.value;
  expect(Object.keys(outputs)).toEqual(["cert-manager", "data", "data:more/two"]);
  expect(outputs["data:more/two"]).toMatchObject({ cluster: "boston", region: "us-east-1", namespace: "more", release: "two" });
  const fits = addOnFit([both["boston-infrastructure"]!, both.platform!, both.west!]);
  expect(fits.map(({ clusterName, region }) => [clusterName, region])).toEqual([
    ["boston", "us-east-1"],
    ["boston", "us-west-2"],
  ]);
  expect(fits[0]!.fit.rows.map(({ name }) => name)).toEqual(["cert-manager", "data", "data:more/two", "microk8s"]);
  expect(fits[0]!.fit.available?.cpuMillis).toBeDefined();
  expect(fits[1]!.fit.rows.map(({ name }) => name)).toEqual(["cert-manager", "microk8s"]);
  expect(fits[1]!.fit.available).toBeUndefined();
});

test("what asks for processor time alone on each node counts", () => {
  const output = structuredClone(stacks.platform!.output);
  Object.assign(output.add_ons.value.data, { cpu_millis_per_node: 7, memory_mebibytes_per_node: 0 });
  const [{ fit }] = addOnFit([stacks["boston-infrastructure"]!, { output }]) as [ReturnType<typeof addOnFit>[number]];
  expect(fit.rows.find(({ name }) => name === "data")).toMatchObject({ cpuMillis: 100 + 3 * 7, memoryMebibytes: 200 });
});
