import { sandbox } from "../../../examples/sandbox/app";
import { readSettings } from "../../../examples/sandbox/settings";
import { resource, resources, snapshotOf, synthApp, warnings } from "../../support/synth";

const synthSandbox = (environment: Record<string, string> = {}) =>
  synthApp((app) => sandbox(app, readSettings({ context: () => undefined, environment })));

test("the infrastructure needs the AWS provider alone, in the zone's parent Region", () => {
  const json = synthSandbox({ MEC_ZONE: "eu-west-3-cmn-wlz-1a" })["sandbox-infrastructure"];
  expect(Object.keys(json.terraform.required_providers)).toEqual(["aws"]);
  expect(json.provider.aws).toEqual([{ region: "eu-west-3" }]);
});

test("the smoke stack makes one namespace with a credential that is never stored, after the infrastructure", () => {
  const json = synthSandbox()["sandbox-smoke"];
  expect(json.dependencies).toEqual(["sandbox-infrastructure"]);
  expect(resource(json, "kubernetes_namespace_v1")).toMatchObject({ metadata: { name: "mec-smoke" }, provider: "kubernetes.sandbox" });
  expect(json.provider.kubernetes[0].client_key).toMatch(/^\$\{jsondecode\(ephemeral\./);
  expect(json.data.terraform_remote_state).toBeUndefined();
});

test("the account is opted in only when that is said", () => {
  expect(synthSandbox()["sandbox-infrastructure"].resource.aws_ec2_availability_zone_group).toBeUndefined();
  expect(resource(synthSandbox({ MEC_OPT_IN: "true" })["sandbox-infrastructure"], "aws_ec2_availability_zone_group").group_name).toBe(
    "us-east-1-wl1",
  );
});

test("allowed networks reach the carrier IP where the internet can, and the private IP elsewhere", () => {
  const endpoint = (zone: string) =>
    synthSandbox({ MEC_ZONE: zone, MEC_ALLOWED_CIDRS: "203.0.113.7/32" })["sandbox-infrastructure"].output.endpoint.value;
  expect(endpoint("eu-west-3-cmn-wlz-1a")).toContain("carrier_ip");
  expect(endpoint("us-east-1-wl1-bos-wlz-1")).toBe("https://10.0.0.16:16443");
});

test("the way to the API can be said; by the gateway only for networks that are named", () => {
  const endpoint = (way: string, cidrs: string) =>
    synthSandbox({ MEC_API_ACCESS: way, MEC_ALLOWED_CIDRS: cidrs })["sandbox-infrastructure"].output.endpoint.value;
  expect(endpoint("regionGateway", "203.0.113.7/32")).toContain("public_ip");
  expect(endpoint("sessionManager", "")).toBe("https://127.0.0.1:16443");
  expect(() => endpoint("regionGateway", "")).toThrow(/MEC1201/);
});

test("add-ons are there when they are asked for, after the cluster, and otherwise not", () => {
  expect(Object.keys(synthSandbox()).sort()).toEqual(["sandbox-infrastructure", "sandbox-smoke"]);
  const stacks = synthSandbox({ MEC_WITH: "platform", MEC_STATE_DIRECTORY: "/tmp/state", MEC_S3_USE_PATH_STYLE: "true" });
  expect(Object.keys(stacks).sort()).toEqual(["sandbox-infrastructure", "sandbox-platform", "sandbox-smoke"]);
  const platform = stacks["sandbox-platform"];
  expect(platform.dependencies).toEqual(["sandbox-infrastructure"]);
  expect(platform.terraform.backend.local.path).toBe("/tmp/state/sandbox-platform.tfstate");
  expect(resources(platform, "helm_release").map(({ name }) => name)).toEqual(["cert-manager", "hostpath-storage"]);
  expect(platform.provider.helm[0].kubernetes.client_key).toMatch(/^\$\{jsondecode\(ephemeral\./);
});

test("Prometheus comes with what it stands on, and after it", () => {
  const stacks = synthSandbox({ MEC_WITH: "prometheus" });
  expect(Object.keys(stacks).sort()).toEqual(["sandbox-infrastructure", "sandbox-platform", "sandbox-prometheus", "sandbox-smoke"]);
  expect(stacks["sandbox-prometheus"].dependencies).toEqual(expect.arrayContaining(["sandbox-infrastructure", "sandbox-platform"]));
  expect(resources(stacks["sandbox-prometheus"], "helm_release").map(({ chart }) => chart)).toContain("kube-prometheus-stack");
  for (const json of Object.values(stacks)) {
    expect(warnings(json)).toEqual([]);
  }
});

test("EdgeX comes with what it stands on, and with a device", () => {
  const stacks = synthSandbox({ MEC_WITH: "edgex,prometheus" });
  expect(Object.keys(stacks)).toEqual(expect.arrayContaining(["sandbox-edgex", "sandbox-platform", "sandbox-prometheus"]));
  expect(stacks["sandbox-edgex"].dependencies).toEqual(expect.arrayContaining(["sandbox-platform", "sandbox-prometheus"]));
  const [release] = resources(stacks["sandbox-edgex"], "helm_release");
  expect(release.name).toBe("edgex");
  expect(Object.keys(JSON.parse(release.values[0]).services)).toContain("edgex-device-virtual");
  for (const json of Object.values(stacks)) {
    expect(warnings(json)).toEqual([]);
  }
});

test("Kubeflow comes with what it stands on, and after it, for models and training runs", () => {
  const stacks = synthSandbox({ MEC_WITH: "kubeflow" });
  expect(Object.keys(stacks).sort()).toEqual(["sandbox-infrastructure", "sandbox-kubeflow", "sandbox-platform", "sandbox-smoke"]);
  expect(stacks["sandbox-kubeflow"].dependencies).toEqual(expect.arrayContaining(["sandbox-infrastructure", "sandbox-platform"]));
  expect(
    resources(stacks["sandbox-kubeflow"], "helm_release")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["kserve", "kserve-crds", "kserve-runtimes", "kubeflow-trainer", "kubeflow-trainer-runtimes"]);
  for (const json of Object.values(stacks)) {
    expect(warnings(json)).toEqual([]);
  }
});

test("logs come with what they stand on, and after Prometheus where it is there", () => {
  const stacks = synthSandbox({ MEC_WITH: "logging" });
  expect(Object.keys(stacks).sort()).toEqual(["sandbox-infrastructure", "sandbox-logging", "sandbox-platform", "sandbox-smoke"]);
  expect(resources(stacks["sandbox-logging"], "helm_release").map(({ chart }) => chart)).toEqual(
    expect.arrayContaining(["loki", "fluent-bit"]),
  );
  const both = synthSandbox({ MEC_WITH: "logging,prometheus" });
  expect(both["sandbox-logging"].dependencies).toEqual(expect.arrayContaining(["sandbox-platform", "sandbox-prometheus"]));
  for (const json of [...Object.values(stacks), ...Object.values(both)]) {
    expect(warnings(json)).toEqual([]);
  }
});

test("what is there without add-ons is the same with them", () => {
  const [without, having] = [synthSandbox(), synthSandbox({ MEC_WITH: "prometheus" })];
  for (const name of ["sandbox-infrastructure", "sandbox-smoke"]) {
    expect(snapshotOf(having[name])).toEqual(snapshotOf(without[name]));
  }
});

test("several control-plane nodes tell Prometheus what theirs do; one, or without it, does as before", () => {
  const told = (environment: Record<string, string>) => {
    const { "sandbox-infrastructure": infrastructure } = synthSandbox(environment);
    return /--metrics-bind-address/.test(JSON.stringify(infrastructure));
  };
  expect(told({ MEC_WITH: "prometheus", MEC_CONTROL_PLANE_COUNT: "3" })).toBe(true);
  expect(told({ MEC_WITH: "platform", MEC_CONTROL_PLANE_COUNT: "3" })).toBe(false);
  expect(told({ MEC_WITH: "prometheus" })).toBe(false);
});

test("state and bucket style follow the settings", () => {
  const json = synthSandbox({ MEC_STATE_DIRECTORY: "/tmp/state", MEC_S3_USE_PATH_STYLE: "true" })["sandbox-infrastructure"];
  expect(json.terraform.backend.local.path).toBe("/tmp/state/sandbox-infrastructure.tfstate");
  expect(json.provider.aws[0].s3_use_path_style).toBe(true);
});

test("three control-plane nodes are asked for by a setting, and are no harder to destroy than one", () => {
  const nodes = (environment?: Record<string, string>) => {
    const json = synthSandbox(environment)["sandbox-infrastructure"];
    return resources(json, "aws_instance").map(({ tags, disable_api_termination: kept, lifecycle }) => [
      tags.Name,
      kept,
      lifecycle.prevent_destroy ?? false,
    ]);
  };
  expect(nodes()).toEqual([["sandbox-cp-0", false, false]]);
  expect(nodes({ MEC_CONTROL_PLANE_COUNT: "3" })).toEqual(["cp-0", "cp-1", "cp-2"].map((name) => [`sandbox-${name}`, false, false]));
  expect(() => nodes({ MEC_CONTROL_PLANE_COUNT: "2" })).toThrow(/MEC1103/);
});
