import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { localMicrok8s } from "../../examples/local-microk8s/app";
import { synthesizedExamples } from "../support/examples";
import { danglingReferences } from "../support/structure";
import { parameter, resources, snapshotOf, synthApp, warnings, type StackJson } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

/** Ports that an example's author opens to everybody, by stack. */
const NAMED_FOR_EVERYBODY: Readonly<Record<string, readonly number[]>> = {
  video: [443],
  "atlas-infrastructure": [30080],
};

/** Rules that stacks warn of by their nature: how large somebody's own machine is cannot be known, which the first add-on tells for all. */
const WARNED_OF: Readonly<Record<string, readonly string[]>> = { "laptop-platform": ["MEC1921"] };

/** Whether an address is that of the host in the parent Region, which is not bound to what a Wavelength Zone has. */
const ofGateway = (address: string) => address.includes("_RegionGateway_");

/** The instances of a stack in its zone, or at the way to the API in the parent Region. */
const instancesOf = (json: StackJson, where: "zone" | "gateway") =>
  Object.entries<any>(json.resource?.aws_instance ?? {})
    .filter(([address]) => ofGateway(address) === (where === "gateway"))
    .map(([, instance]) => instance);

const stacks = synthesizedExamples.flatMap(([example, byName]) =>
  Object.entries(byName).map(([stack, json]): [string, string, StackJson] => [stack, example, json]),
);

test("every example is here", () => {
  const folders = readdirSync(join(__dirname, "..", "..", "examples"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(synthesizedExamples.map(([name]) => name).sort()).toEqual(folders.map(({ name }) => name).sort());
});

test.each(synthesizedExamples)("%s is what it was", (_, byName) => {
  expect(Object.fromEntries(Object.entries(byName).map(([name, json]) => [name, snapshotOf(json)]))).toMatchSnapshot();
});

describe.each(stacks)("%s of %s", (stack, _, json) => {
  test("refers to nothing that is not there, and warns about nothing", () => {
    expect(danglingReferences(json)).toEqual([]);
    expect(warnings(json).map((text) => /MEC\d+/.exec(text)?.[0])).toEqual(WARNED_OF[stack] ?? []);
  });

  test("lets nobody in from everywhere but at the ports its author named, and nothing out but what a node needs", () => {
    const everywhere = Object.entries<any>(json.resource?.aws_vpc_security_group_ingress_rule ?? {}).filter(([, rule]) =>
      /^(0\.0\.0\.0|::)\/0$/.test(rule.cidr_ipv4 ?? rule.cidr_ipv6),
    );
    // What tells a gateway of smaller packets (RFC 1191) comes from any router on the way.
    const isPathMtu = ([address, { ip_protocol, from_port, to_port }]: [string, any]) =>
      ofGateway(address) && ip_protocol === "icmp" && from_port === 3 && to_port === 4;
    expect(everywhere.filter(isPathMtu)).toHaveLength(instancesOf(json, "gateway").length);
    const open = everywhere.filter((rule) => !isPathMtu(rule)).map(([, rule]) => rule);
    expect(open.map(({ from_port, to_port }) => [from_port, to_port])).toEqual(
      (NAMED_FOR_EVERYBODY[stack] ?? []).map((port) => [port, port]),
    );
    const out = resources(json, "aws_vpc_security_group_egress_rule").filter(({ cidr_ipv4 }) => cidr_ipv4 === "0.0.0.0/0");
    for (const { ip_protocol, from_port, to_port } of out) {
      expect(["tcp-443-443", "tcp-80-80"]).toContain(`${ip_protocol}-${from_port}-${to_port}`);
    }
    // Rules inside a group would escape the look above.
    for (const group of resources(json, "aws_security_group")) {
      expect(group).not.toHaveProperty("ingress");
    }
  });

  test("has no volume that is not encrypted, and none that a Wavelength Zone lacks", () => {
    for (const instance of instancesOf(json, "zone")) {
      expect(instance.root_block_device).toMatchObject({ encrypted: true, volume_type: "gp2" });
    }
    for (const instance of resources(json, "aws_instance")) {
      expect(instance.root_block_device).toMatchObject({ encrypted: true });
      expect(instance).not.toHaveProperty("ebs_block_device");
    }
  });

  test("has no policy that allows everything, nor one that AWS manages", () => {
    const documents = [
      ...resources(json, "aws_iam_role_policy").map(({ policy }) => policy),
      ...resources(json, "aws_iam_role").map(({ assume_role_policy }) => assume_role_policy),
    ].map((text) => JSON.parse(text));
    for (const { Action } of documents.flatMap(({ Statement }) => Statement)) {
      for (const action of [Action].flat()) {
        expect(action).toMatch(/^[a-z0-9]+:[A-Z]\w+$/);
      }
    }
    expect(resources(json, "aws_iam_role_policy_attachment")).toEqual([]);
  });

  test("has neither IPv6 nor public addresses on launch in its subnets", () => {
    for (const subnet of resources(json, "aws_subnet")) {
      expect(Object.keys(subnet).filter((key) => /map_public_ip|ipv6/.test(key))).toEqual([]);
    }
    for (const instance of instancesOf(json, "zone")) {
      expect(instance).not.toHaveProperty("associate_public_ip_address");
    }
  });
});

test("high-availability has three nodes that are kept, two groups of workers, and no more addresses than the default quota", () => {
  const json = Object.fromEntries(synthesizedExamples)["high-availability"]!["arena-infrastructure"]!;
  const types = Object.fromEntries(instancesOf(json, "zone").map(({ tags, instance_type }) => [tags.Name, instance_type]));
  expect(types).toEqual({
    "arena-cp-0": "t3.xlarge",
    "arena-cp-1": "t3.xlarge",
    "arena-cp-2": "t3.xlarge",
    "arena-edge-0": "t3.xlarge",
    "arena-edge-1": "t3.xlarge",
    "arena-gpu-0": "g4dn.2xlarge",
  });
  for (const { disable_api_termination, lifecycle } of instancesOf(json, "zone")) {
    expect([disable_api_termination, lifecycle.prevent_destroy]).toEqual([true, true]);
  }
  const { workers } = JSON.parse(parameter(json, "desired").insecure_value);
  expect(workers).toMatchObject([
    { name: "edge", count: 2, labels: { "example.com/tier": "edge" }, taints: ["example.com/dedicated=edge:NoSchedule"] },
    { name: "gpu", count: 1 },
  ]);
  expect(resources(json, "aws_eip")).toHaveLength(5);
});

test("ml-at-the-edge trains in the image that serves, writes where the model is read, and opens the port that it answers at", () => {
  const { "atlas-kubeflow": json, "atlas-infrastructure": infrastructure } = Object.fromEntries(synthesizedExamples)["ml-at-the-edge"]!;
  const values = (name: string) => JSON.parse(resources(json!, "helm_release").find((release) => release.name === name)!.values[0]);
  const { models, jobs, stores } = values("kubeflow-workloads");
  const { sklearn } = values("kubeflow-training-runtimes").runtimes;
  expect(sklearn.image).toBe("docker.io/kserve/sklearnserver:v0.20.0");
  const [[name, job]] = Object.entries<any>(jobs) as [[string, any]];
  expect(name).toMatch(/^iris-[0-9a-f]{8}$/);
  expect(job.stores).toEqual([{ path: "/models", store: "models" }]);
  expect(job.command[2]).toContain('"/models/iris/model.joblib"');
  expect(models.iris.storageUri).toBe("pvc://models/iris");
  expect(Object.keys(stores)).toEqual(["models"]);
  const opened = resources(infrastructure!, "aws_vpc_security_group_ingress_rule").map(({ from_port }) => from_port);
  expect(opened).toContain(models.iris.nodePort);
});

test("local-microk8s has nothing of AWS, and what a site's add-ons have", () => {
  const local = Object.entries(Object.fromEntries(synthesizedExamples)["local-microk8s"]!);
  expect(local.map(([name]) => name)).toEqual(expect.arrayContaining(["laptop-platform", "laptop-prometheus"]));
  for (const [, json] of local) {
    expect(JSON.stringify(json)).not.toContain("aws");
    expect(Object.keys(json.terraform.required_providers)).toContain("helm");
    expect(json.variable.mec_laptop_kubeconfig.default).toMatch(/kubeconfig\.yaml$/);
  }
});

test("local-microk8s reads a kubeconfig of its own unless another is named, and the README writes that one for its owner alone", () => {
  const variables = Object.values(synthApp((app) => void localMicrok8s(app))).map(({ variable }) => variable.mec_laptop_kubeconfig.default);
  expect(new Set(variables)).toEqual(new Set(["~/.kube/microk8s"]));
  const readme = readFileSync(join(__dirname, "..", "..", "README.md"), "utf8");
  expect(readme).toContain("(umask 077; sudo microk8s config > ~/.kube/microk8s)");
  expect(readme).not.toContain("config > ~/.kube/config");
});

test("a pod has no role: in all stacks the instance metadata service answers the host alone, and only to tokens", () => {
  const all = (type: string) => stacks.flatMap(([, , json]) => resources(json, type));
  expect(all("aws_instance").length).toBeGreaterThan(1);
  for (const { metadata_options: options } of all("aws_instance")) {
    expect(options).toEqual({ http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 });
  }
  // What else would hand a machine, or a pod on it, a role.
  expect(["aws_launch_template", "aws_launch_configuration", "aws_iam_openid_connect_provider"].flatMap(all)).toEqual([]);
});
