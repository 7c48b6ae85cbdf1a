import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { join } from "node:path";
import { Microk8sCluster, type KubeconfigAttributes } from "../../lib";
import { synthApp, warnings, type StackJson } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const FILE = join(__dirname, "fixtures", "kubeconfig.yaml");

/** Stacks of these names, each bound to a cluster of the app's own. */
function synth(attributes: Partial<KubeconfigAttributes> = {}, names: readonly string[] = ["add-ons"]): Record<string, StackJson> {
  return synthApp((app) => {
    const cluster = Microk8sCluster.fromKubeconfig(app, "Laptop", { path: FILE, context: "microk8s", ...attributes });
    for (const name of names) {
      const stack = new TerraformStack(app, name);
      const providers = cluster.bindProviders(stack);
      expect(cluster.bindProviders(stack).kubernetes).toBe(providers.kubernetes);
      void providers.helm;
    }
  });
}

test("binds both providers to the context, once per stack, and to nothing of AWS", () => {
  for (const json of Object.values(synth({}, ["one", "two"]))) {
    expect(Object.keys(json.terraform.required_providers).sort()).toEqual(["helm", "kubernetes"]);
    expect(Object.keys(json.provider).sort()).toEqual(["helm", "kubernetes"]);
    const connection = { config_path: "${pathexpand(var.mec_microk8s_kubeconfig)}", config_context: "microk8s" };
    expect(json.provider.kubernetes).toEqual([{ alias: "microk8s", ...connection }]);
    expect(json.provider.helm).toEqual([{ alias: "microk8s", kubernetes: connection }]);
    expect(json).not.toHaveProperty("data");
    expect(json).not.toHaveProperty("ephemeral");
    expect(json).not.toHaveProperty("resource");
    expect(json.dependencies).toEqual([]);
    expect(warnings(json)).toEqual([]);
  }
});

test("the path is a variable, whose rules say what is missing before a provider looks", () => {
  const variables = synth()["add-ons"].variable;
  expect(Object.keys(variables)).toEqual(["mec_microk8s_kubeconfig"]);
  const { default: path, type, nullable, validation } = variables.mec_microk8s_kubeconfig;
  expect([path, type, nullable]).toEqual([FILE, "string", false]);
  expect(validation.map(({ condition }: any) => condition)).toEqual([
    "${try(fileexists(var.mec_microk8s_kubeconfig), false)}",
    expect.stringMatching(/^\$\{!try\(fileexists\(.*\), false\) \|\| contains\(.*, "microk8s"\)\}$/),
  ]);
  for (const { error_message } of validation) {
    expect(error_message).toMatch(/^\[MEC1451\] add-ons\/Microk8s-microk8s: got ".*" as (path|context) of the kubeconfig: /);
  }
});

test("nothing of the file is synthesized", () => {
  expect(JSON.stringify(synth())).not.toContain("c2VjcmV0");
});

test("the path below the home folder stays as it is, for whoever deploys", () => {
  const json = synth({ path: "~/.kube/mec-no-such-file" })["add-ons"];
  expect(json.variable.mec_microk8s_kubeconfig.default).toBe("~/.kube/mec-no-such-file");
});

test("a missing file is a warning of each stack that needs it, and synth goes on", () => {
  for (const json of Object.values(synth({ path: "/no/such/kubeconfig" }, ["one", "two"]))) {
    expect(warnings(json)).toEqual([
      expect.stringMatching(/^\[MEC1950\] (one|two)\/Microk8s-microk8s: got "\/no\/such\/kubeconfig" .*so write it first/),
    ]);
    expect(json.provider.kubernetes).toHaveLength(1);
  }
});

test("the cluster has no Region, no capabilities, and the context's name unless another is said", () => {
  synthApp((app) => {
    const named = (id: string, attributes: Partial<KubeconfigAttributes>) =>
      Microk8sCluster.fromKubeconfig(app, id, { path: FILE, context: "microk8s", ...attributes });
    expect(named("One", {})).toMatchObject({ clusterName: "microk8s", region: undefined });
    expect(named("One-b", {}).capabilities).toBeUndefined();
    expect(named("Two", { context: "admin@lab", clusterName: "lab" }).clusterName).toBe("lab");
  });
});

test("the endpoint is read from the file when Terraform plans, after its rules where the stack has them", () => {
  const { bound, alone } = synthApp((app) => {
    const cluster = Microk8sCluster.fromKubeconfig(app, "Laptop", { path: "/kube/$" + "{x}", context: "microk8s" });
    for (const name of ["bound", "alone"]) {
      new TerraformOutput(new TerraformStack(app, name), "endpoint", { value: cluster.endpoint, staticId: true });
    }
    // Before or after: what counts is what the stack has in the end.
    cluster.bindProviders(app.node.findChild("bound") as TerraformStack);
  });
  expect(alone.output.endpoint.value).toContain('file("/kube/$${x}")');
  expect(alone.output.endpoint.value).toContain('if one.name == "microk8s"');
  expect(bound.output.endpoint.value).toContain("file(var.mec_microk8s_kubeconfig)");
  expect(bound.output.endpoint.value).not.toContain("/kube/");
});

test("two clusters can be bound in one stack, and resources choose", () => {
  const json = synthApp((app) => {
    const stack = new TerraformStack(app, "add-ons");
    for (const clusterName of ["one", "two"]) {
      const cluster = Microk8sCluster.fromKubeconfig(stack, clusterName, { path: FILE, context: "microk8s", clusterName });
      new NamespaceV1(stack, `Namespace-${clusterName}`, {
        provider: cluster.bindProviders(stack).kubernetes,
        metadata: { name: "cameras" },
      });
    }
  })["add-ons"];
  expect(Object.keys(json.variable)).toEqual(["mec_one_kubeconfig", "mec_two_kubeconfig"]);
  expect(Object.values<any>(json.resource.kubernetes_namespace_v1).map(({ provider }) => provider)).toEqual([
    "kubernetes.one",
    "kubernetes.two",
  ]);
});

describe("refuses", () => {
  const made = (attributes: Partial<KubeconfigAttributes>) => () => synth(attributes);

  test.each([
    [{ path: ".kube/config" }, /\[MEC1450\] Laptop: got ".kube\/config" as path of the kubeconfig: .*write an absolute path/],
    [{ path: "" }, /\[MEC1450\]/],
    [{ path: "~" }, /\[MEC1450\]/],
    [{ path: "~root/.kube/config" }, /\[MEC1450\]/],
    [{ context: " " }, /\[MEC1450\] Laptop: got " " as context of the kubeconfig: .*such as "microk8s"/],
    [{ context: "arn:aws:eks:us-east-1:1:cluster/x" }, /\[MEC1101\] Laptop \(clusterName, by default the context\): got "arn:/],
    [{ clusterName: "Lab" }, /\[MEC1101\] Laptop: got "Lab"/],
  ])("%j", (attributes, message) => {
    expect(made(attributes)).toThrow(message);
  });

  test.each(["path", "context"])("a token as %s", (prop) => {
    expect(() =>
      synthApp((app) => {
        const stack = new TerraformStack(app, "add-ons");
        const token = new TerraformVariable(stack, "Given", {}).stringValue;
        Microk8sCluster.fromKubeconfig(stack, "Laptop", { path: FILE, context: "microk8s", clusterName: "laptop", [prop]: token });
      }),
    ).toThrow(new RegExp(`\\[MEC1450\\] add-ons/Laptop: got "a token" as ${prop} of the kubeconfig`));
  });

  test("another context by the same name in the app, but not the same one again", () => {
    expect(() =>
      synthApp((app) => {
        const made = (id: string, context: string) =>
          Microk8sCluster.fromKubeconfig(app, id, { path: FILE, context, clusterName: "laptop" });
        made("A", "microk8s");
        made("B", "microk8s");
        made("C", "lab");
      }),
    ).toThrow(/\[MEC1452\] C: got "laptop" as the name of two clusters \(context microk8s of .*, and context lab of .*another clusterName/);
  });

  test("a cluster in AWS by the same name in a stack", () => {
    expect(() =>
      synthApp((app) => {
        const stack = new TerraformStack(app, "add-ons");
        Microk8sCluster.fromKubeconfig(app, "A", { path: FILE, context: "microk8s" }).bindProviders(stack);
        Microk8sCluster.fromClusterName(stack, "B", { clusterName: "microk8s", region: "us-east-1" }).bindProviders(stack);
      }),
    ).toThrow(
      /\[MEC1452\] add-ons: got "microk8s" as the name of two clusters \(context microk8s of .*kubeconfig.yaml and \/mec\/microk8s/,
    );
  });
});
