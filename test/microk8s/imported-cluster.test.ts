import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, type App } from "cdktf";
import { ApiAccess, Microk8sChannel, Microk8sCluster, WavelengthZone } from "../../lib";
import { InfrastructureStack } from "../../stacks";
import { synthApp } from "../support/synth";

const attributes = { clusterName: "boston-1", region: "us-east-1" };

function addOns(app: App, use: (cluster: ReturnType<typeof Microk8sCluster.fromClusterName>, stack: TerraformStack) => void) {
  const stack = new TerraformStack(app, "add-ons");
  new AwsProvider(stack, "Aws", { region: attributes.region });
  use(Microk8sCluster.fromClusterName(stack, "Cluster", attributes), stack);
}

test("reads the endpoint by its literal name", () => {
  const json = synthApp((app) => addOns(app, (cluster) => expect(cluster.endpoint).toContain("TfToken")))["add-ons"];
  expect(Object.values(json.data.aws_ssm_parameter)).toEqual([expect.objectContaining({ name: "/mec/boston-1/endpoint" })]);
});

test("binds both providers with an ephemeral credential, once per stack, and each only when it is asked for", () => {
  const json = synthApp((app) =>
    addOns(app, (cluster, stack) => {
      const providers = cluster.bindProviders(stack);
      expect(cluster.bindProviders(stack).kubernetes).toBe(providers.kubernetes);
    }),
  )["add-ons"];
  expect(Object.keys(json.provider).sort()).toEqual(["aws", "kubernetes"]);
  const [{ arn }] = Object.values<{ arn: string }>(json.ephemeral.aws_ssm_parameter);
  expect(arn).toMatch(/^\$\{replace\(data\.aws_ssm_parameter\.\S+\.arn, "\/\/endpoint\$\/", "\/credential"\)\}$/);
  const [kubernetes] = json.provider.kubernetes;
  expect(kubernetes).toMatchObject({
    tls_server_name: "kubernetes",
    host: expect.stringMatching(/^\$\{data\.aws_ssm_parameter\./),
    cluster_ca_certificate: "${jsondecode(ephemeral.aws_ssm_parameter.mec_boston_1.value).ca}",
    client_certificate: "${jsondecode(ephemeral.aws_ssm_parameter.mec_boston_1.value).certificate}",
    client_key: "${jsondecode(ephemeral.aws_ssm_parameter.mec_boston_1.value).key}",
  });
  expect(json.terraform.required_version).toBe(">= 1.11.0");
});

test("the helm provider takes the same connection", () => {
  const json = synthApp((app) => addOns(app, (cluster, stack) => void cluster.bindProviders(stack).helm))["add-ons"];
  expect(Object.keys(json.provider).sort()).toEqual(["aws", "helm"]);
  expect(json.provider.helm[0].kubernetes).toMatchObject({
    tls_server_name: "kubernetes",
    client_key: "${jsondecode(ephemeral.aws_ssm_parameter.mec_boston_1.value).key}",
  });
});

test("two clusters can be bound in one stack", () => {
  const json = synthApp((app) => {
    const stack = new TerraformStack(app, "add-ons");
    new AwsProvider(stack, "Aws", { region: "us-east-1" });
    for (const clusterName of ["one", "two"]) {
      void Microk8sCluster.fromClusterName(stack, clusterName, { clusterName, region: "us-east-1" }).bindProviders(stack).kubernetes;
    }
  })["add-ons"];
  expect(json.provider.kubernetes.map(({ alias }: { alias: string }) => alias)).toEqual(["one", "two"]);
  expect(Object.keys(json.ephemeral.aws_ssm_parameter)).toEqual(["mec_one", "mec_two"]);
});

test("says which package is missing, and how to get it", () => {
  jest.isolateModules(() => {
    jest.doMock("@cdktf/provider-helm/lib/provider", () => {
      throw Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
    });
    expect(() => synthApp((app) => addOns(app, (cluster, stack) => void cluster.bindProviders(stack).helm))).toThrow(
      /\[MEC1108\].*npm install @cdktf\/provider-helm/,
    );
  });
  jest.dontMock("@cdktf/provider-helm/lib/provider");
});

test("refuses a name that cannot be a cluster's", () => {
  expect(() =>
    synthApp((app) => {
      Microk8sCluster.fromClusterName(new TerraformStack(app, "add-ons"), "Cluster", { clusterName: "Boston", region: "us-east-1" });
    }),
  ).toThrow(/\[MEC1101\] add-ons\/Cluster: got "Boston"/);
});

describe("a cluster made in the same app", () => {
  const infrastructure = (app: App) =>
    new InfrastructureStack(app, "infrastructure", {
      zone: WavelengthZone.US_EAST_1_WL1_BOS,
      clusterName: "boston",
      channel: Microk8sChannel.V1_35,
      apiAccess: ApiAccess.privateNetwork(),
    });

  test("is deployed before the stack that it is bound in, and shares names with it alone", () => {
    const stacks = synthApp((app) => {
      const { cluster } = infrastructure(app);
      const stack = new TerraformStack(app, "add-ons");
      new AwsProvider(stack, "Aws", { region: cluster.region });
      void cluster.bindProviders(stack).kubernetes;
    });
    expect(stacks["add-ons"].dependencies).toEqual(["infrastructure"]);
    expect(JSON.stringify(stacks["add-ons"])).not.toContain("terraform_remote_state");
  });

  test("is not bound in its own stack", () => {
    expect(() =>
      synthApp((app) => {
        const stack = infrastructure(app);
        stack.cluster.bindProviders(stack);
      }),
    ).toThrow(/\[MEC1110\] infrastructure\/Cluster: got the stack infrastructure/);
  });
});
