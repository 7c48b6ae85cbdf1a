import { TerraformOutput, TerraformVariable, type TerraformStack } from "cdktf";
import { ApiAccess, Microk8sChannel, Microk8sCluster, WavelengthNetwork, WavelengthZone } from "../../lib";
import { parameter, resources, synthStack, warnings } from "../support/synth";

const synthWith = (apiAccess: ApiAccess, zone = WavelengthZone.US_EAST_1_WL1_BOS) =>
  synthStack((stack) => {
    const network = new WavelengthNetwork(stack, "Network", { zone });
    new Microk8sCluster(stack, "Cluster", { clusterName: "boston", network, channel: Microk8sChannel.V1_35, apiAccess });
  }, zone.parentRegion);
const networks = (json: ReturnType<typeof synthWith>) =>
  resources(json, "aws_vpc_security_group_ingress_rule").map(({ cidr_ipv4 }) => cidr_ipv4);

test("a private network reaches the private IP, from the VPC and what is named", () => {
  const json = synthWith(ApiAccess.privateNetwork({ allowedCidrs: ["192.168.0.0/24"] }));
  expect(parameter(json, "endpoint").insecure_value).toBe("https://10.0.0.16:16443");
  expect(networks(json)).toEqual(["10.0.0.0/16", "192.168.0.0/24"]);
});

test("only the API's port is open", () => {
  for (const rule of resources(synthWith(ApiAccess.privateNetwork()), "aws_vpc_security_group_ingress_rule")) {
    expect(rule).toMatchObject({ ip_protocol: "tcp", from_port: 16443, to_port: 16443 });
  }
});

test("a carrier IP is reached from what is named alone, without a warning where the internet can", () => {
  const json = synthWith(ApiAccess.carrierIp({ allowedCidrs: ["203.0.113.7/32"] }), WavelengthZone.EU_WEST_3_CMN);
  expect(parameter(json, "endpoint").insecure_value).toMatch(/^https:\/\/\$\{aws_eip\..*\.carrier_ip\}:16443$/);
  expect(networks(json)).toEqual(["203.0.113.7/32"]);
  expect(warnings(json)).toEqual([]);
});

test("a carrier IP warns where the internet cannot", () => {
  expect(warnings(synthWith(ApiAccess.carrierIp({ allowedCidrs: ["203.0.113.7/32"] })))).toEqual([
    expect.stringMatching(/\[MEC1904\] stack\/Cluster\/ApiAccess: .* lets no TCP connection in from the internet.*regionGateway\(/),
  ]);
});

describe("Session Manager", () => {
  test("opens nothing, and tells the command that forwards the port", () => {
    const json = synthStack((stack) => {
      const network = new WavelengthNetwork(stack, "Network", { zone: WavelengthZone.US_EAST_1_WL1_BOS });
      const apiAccess = ApiAccess.sessionManager({ localPort: 26443 });
      const cluster = new Microk8sCluster(stack, "Cluster", { clusterName: "boston", network, channel: Microk8sChannel.V1_35, apiAccess });
      new TerraformOutput(stack, "command", { value: cluster.accessCommand });
    });
    expect(networks(json)).toEqual([]);
    expect(parameter(json, "endpoint").insecure_value).toBe("https://127.0.0.1:26443");
    expect(Object.values<{ value: string }>(json.output)[0].value).toMatch(
      /^aws ssm start-session --region us-east-1 --document-name AWS-StartPortForwardingSession --parameters portNumber=16443,localPortNumber=26443 --target \$\{aws_instance\..*\.id\}$/,
    );
  });

  test.each([0, 443, 70_000, 1.5])("refuses the local port %d", (localPort) => {
    expect(() => synthWith(ApiAccess.sessionManager({ localPort }))).toThrow(/\[MEC1020\] stack\/Cluster\/ApiAccess: got .* as localPort/);
  });

  test("the other ways are open, and have no command", () => {
    expect(JSON.stringify(synthWith(ApiAccess.privateNetwork()))).not.toContain("start-session");
  });
});

test("the order of networks moves nothing", () => {
  const addresses = (cidrs: string[]) =>
    Object.keys(synthWith(ApiAccess.privateNetwork({ allowedCidrs: cidrs })).resource.aws_vpc_security_group_ingress_rule).sort();
  expect(addresses(["192.168.0.0/24", "192.168.1.0/24"])).toEqual(addresses(["192.168.1.0/24", "192.168.0.0/24"]));
});

test("a network that only the apply knows has its place as name; a list that only the apply knows is refused", () => {
  const variable = (stack: TerraformStack) => new TerraformVariable(stack, "office", {});
  const synthFor = (cidrs: (stack: TerraformStack) => string[]) =>
    synthStack((stack) => {
      const network = new WavelengthNetwork(stack, "Network", { zone: WavelengthZone.US_EAST_1_WL1_BOS });
      const apiAccess = ApiAccess.privateNetwork({ allowedCidrs: cidrs(stack) });
      new Microk8sCluster(stack, "Cluster", { clusterName: "boston", network, channel: Microk8sChannel.V1_35, apiAccess });
    });
  expect(networks(synthFor((stack) => [variable(stack).stringValue]))).toContain("${var.office}");
  expect(() => synthFor((stack) => variable(stack).listValue)).toThrow(
    /\[MEC1024\] stack\/Cluster\/ApiAccess: got a list token as allowedCidrs/,
  );
});

test.each([
  [ApiAccess.privateNetwork({ allowedCidrs: ["0.0.0.0/1", "128.0.0.0/1"] }), /MEC1201/],
  [ApiAccess.privateNetwork({ allowedCidrs: ["0.0.0.0/00"] }), /MEC1003/],
  [
    ApiAccess.privateNetwork({ allowedCidrs: ["0.0.0.0/0"] }),
    /\[MEC1201\] stack\/Cluster\/ApiAccess: got \["0\.0\.0\.0\/0"\] as allowedCidrs/,
  ],
  [ApiAccess.carrierIp({ allowedCidrs: ["0.0.0.0/0"] }), /MEC1201/],
  [ApiAccess.carrierIp({ allowedCidrs: [] }), /MEC1201.*got \[\].*nobody could reach/],
  [ApiAccess.privateNetwork({ allowedCidrs: ["203.0.113.7"] }), /MEC1003/],
])("refuses everybody, nobody and what is no network (%#)", (access, message) => {
  expect(() => synthWith(access)).toThrow(message);
});
