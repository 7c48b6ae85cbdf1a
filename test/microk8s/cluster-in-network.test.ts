import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Microk8sCluster } from "../../lib";
import { ContainerRegistry, IpAddresses, Peer, Port, WavelengthInstanceType, WavelengthNetwork, WavelengthZone } from "../../lib";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { danglingReferences } from "../support/structure";
import { parameter, resource, resources, synthApp, synthStack } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;
const imported = (stack: TerraformStack) =>
  WavelengthNetwork.fromAttributes(stack, "Imported", {
    zone,
    vpcId: "vpc-0123456789abcdef0",
    vpcCidr: "10.20.0.0/16",
    carrierSubnet: { subnetId: "subnet-0123456789abcdef0", cidr: "10.20.0.0/24" },
  });

describe("addresses", () => {
  test("are kept free by a reservation, which the node waits for", () => {
    const json = synthBostonCluster();
    const [id] = Object.keys(json.resource.aws_ec2_subnet_cidr_reservation);
    expect(resource(json, "aws_ec2_subnet_cidr_reservation")).toMatchObject({
      cidr_block: "10.0.0.16/29",
      reservation_type: "explicit",
      subnet_id: expect.stringContaining("aws_subnet."),
    });
    expect(resource(json, "aws_instance").depends_on).toContain(`aws_ec2_subnet_cidr_reservation.${id}`);
  });

  test("of one's own choice are taken, certificate and all, and nothing is reserved", () => {
    const json = synthStack((stack) =>
      bostonCluster(stack, { network: imported(stack), controlPlane: { privateIps: ["10.20.0.40", "10.20.0.41"] } }),
    );
    expect(resource(json, "aws_instance")).toMatchObject({ private_ip: "10.20.0.40", subnet_id: "subnet-0123456789abcdef0" });
    expect(JSON.parse(parameter(json, "desired").insecure_value).launchConfiguration.extraSANs).toEqual(["10.20.0.40", "10.20.0.41"]);
    expect(resources(json, "aws_ec2_subnet_cidr_reservation")).toEqual([]);
  });

  test("must be given in a subnet of somebody else's", () => {
    expect(() => synthStack((stack) => bostonCluster(stack, { network: imported(stack) }))).toThrow(
      /\[MEC1018\] stack\/Cluster: got neither/,
    );
  });

  test("of a block that is written down stay when the cluster before it goes", () => {
    const addressOf = (...names: string[]) => {
      const json = synthStack((stack) => {
        const network = new WavelengthNetwork(stack, "Network", { zone });
        names.forEach((clusterName, index) =>
          bostonCluster(
            stack,
            { network, clusterName, controlPlane: { addressBlock: clusterName === "two" ? 1 : 0 } },
            `Cluster${index}-${clusterName}`,
          ),
        );
      });
      return resources(json, "aws_instance").find(({ tags }) => tags.Name === "two-cp-0").private_ip;
    };
    expect(addressOf("one", "two")).toBe(addressOf("two"));
  });

  test("one cluster's are not another's", () => {
    expect(() =>
      synthStack((stack) => {
        const network = new WavelengthNetwork(stack, "Network", { zone });
        bostonCluster(stack, { network, clusterName: "one", controlPlane: { addressBlock: 0 } }, "One");
        bostonCluster(stack, { network, clusterName: "two", controlPlane: { addressBlock: 0 } }, "Two");
      }),
    ).toThrow(/\[MEC1018\] stack\/Two: got "10\.0\.0\.16".*stack\/One has this address/);
  });

  test("have no room in a network that is too small", () => {
    expect(() =>
      synthStack((stack) =>
        bostonCluster(stack, { network: new WavelengthNetwork(stack, "Network", { zone, ipAddresses: IpAddresses.cidr("10.0.0.0/27") }) }),
      ),
    ).toThrow(/\[MEC1006\] stack\/Cluster: got block 0 in 10\.0\.0\.0\/28: 25 addresses are needed/);
  });
});

describe("the zone", () => {
  test("must offer the instance type: known at synth, looked up at plan, and the node waits for the answer", () => {
    expect(() => synthBostonCluster({ controlPlane: { instanceType: WavelengthInstanceType.of("t4g.medium") } })).toThrow(
      /\[MEC1012\] stack\/Cluster: got "t4g\.medium"/,
    );
    expect(resource(synthBostonCluster(), "aws_instance").depends_on).toEqual(
      expect.arrayContaining([expect.stringContaining("data.aws_ec2_instance_type_offerings.")]),
    );
  });

  test("that no catalogue has tells its border group at plan", () => {
    const dakar = WavelengthZone.of("eu-west-3-dss-wlz-1a");
    const json = synthStack(
      (stack) => bostonCluster(stack, { network: new WavelengthNetwork(stack, "Network", { zone: dakar }) }),
      "eu-west-3",
    );
    expect(resource(json, "aws_eip").network_border_group).toMatch(/^\$\{data\.aws_availability_zone\..*\.network_border_group\}$/);
  });

  test("with Arm machines has images for them", () => {
    const arm = WavelengthZone.of("eu-west-3-dss-wlz-1a");
    const json = synthStack(
      (stack) =>
        bostonCluster(stack, {
          network: new WavelengthNetwork(stack, "Network", { zone: arm }),
          controlPlane: { instanceType: WavelengthInstanceType.of("t4g.medium") },
        }),
      "eu-west-3",
    );
    const [image] = Object.values<{ name: string }>(json.data.aws_ssm_parameter);
    expect(image.name).toContain("/arm64/");
  });
});

describe("deletion protection", () => {
  test("is off for one node, and says so, since an argument that goes away changes nothing", () => {
    const json = synthBostonCluster();
    expect(resource(json, "aws_instance").disable_api_termination).toBe(false);
    expect(JSON.stringify(json)).not.toContain("prevent_destroy");
  });

  test("keeps node, carrier IP and key", () => {
    const json = synthBostonCluster({ deletionProtection: true });
    expect(resource(json, "aws_instance")).toMatchObject({ disable_api_termination: true, lifecycle: { prevent_destroy: true } });
    expect(resource(json, "aws_instance").lifecycle.ignore_changes).toContain("user_data");
    for (const type of ["aws_eip", "aws_kms_key"]) {
      expect(resource(json, type).lifecycle).toEqual({ prevent_destroy: true });
    }
  });
});

describe("roles and tags", () => {
  test("every role has boundary and path, the instance profile the path", () => {
    const boundary = "arn:aws:iam::123456789012:policy/edge";
    const json = synthBostonCluster({ roles: { path: "/edge/", permissionsBoundaryArn: boundary } });
    expect(resources(json, "aws_iam_role").find(({ name_prefix }) => name_prefix === "mec-boston-cp-")).toMatchObject({
      path: "/edge/",
      permissions_boundary: boundary,
    });
    expect(resource(json, "aws_iam_instance_profile").path).toBe("/edge/");
  });

  test("tags reach every resource of the cluster that takes any, and root volumes", () => {
    const stacks: TerraformStack[] = [];
    const json = synthStack((stack) => {
      stacks.push(stack);
      bostonCluster(stack, { network: imported(stack), controlPlane: { addressBlock: 0 }, tags: { team: "edge" } });
    });
    const tagged = stacks[0].node
      .findAll()
      .filter((node) => TerraformResource.isTerraformResource(node) && "tagsInput" in node && !(node instanceof S3Object));
    expect(tagged.length).toBeGreaterThan(16);
    for (const node of tagged) {
      expect((node as unknown as { tagsInput: object }).tagsInput).toMatchObject({ team: "edge" });
    }
    expect(resource(json, "aws_instance").root_block_device.tags).toMatchObject({ team: "edge" });
  });
});

describe("a network in another stack", () => {
  test("is referred to by what cdktf passes between stacks alone", () => {
    const json = synthApp((app) => {
      const [a, b] = ["a", "b"].map((id) => new TerraformStack(app, id));
      for (const stack of [a, b]) new AwsProvider(stack, "Aws", { region: zone.parentRegion });
      bostonCluster(b, { network: new WavelengthNetwork(a, "Network", { zone }) });
    });
    expect(json.b.dependencies).toEqual(["a"]);
    expect(danglingReferences(json.b)).toEqual([]);
    expect(Object.keys(json.b.data.aws_ec2_instance_type_offerings)).toHaveLength(1);
  });
});

describe("connections", () => {
  test("let nodes out to peer networks, and to the ports of registries", () => {
    const json = synthStack((stack) =>
      bostonCluster(stack, {
        network: new WavelengthNetwork(stack, "Network", { zone, peerNetworks: ["192.168.0.0/16"] }),
        registries: [
          ContainerRegistry.mirror({
            registry: "docker.io",
            endpoints: ["https://mirror.example.com:8443/hub", "https://mirror.example.com"],
          }),
          ContainerRegistry.mirror({ registry: "registry.example.com:5000", endpoints: ["https://near.example.com:8443"], fallback: true }),
        ],
      }),
    );
    const out = resources(json, "aws_vpc_security_group_egress_rule").map(
      ({ cidr_ipv4, from_port }) => `${cidr_ipv4} ${from_port ?? "all"}`,
    );
    expect(out.sort()).toEqual([
      "0.0.0.0/0 443",
      "0.0.0.0/0 5000",
      "0.0.0.0/0 80",
      "0.0.0.0/0 8443",
      "10.0.0.0/16 all",
      "192.168.0.0/16 all",
    ]);
  });

  test("let nodes out to the VPC, and to ports 443 and 80 elsewhere; what more a workload needs is said", () => {
    const out = (use: (of: Microk8sCluster) => void = () => undefined) =>
      resources(
        synthStack((stack) => use(bostonCluster(stack))),
        "aws_vpc_security_group_egress_rule",
      ).map(({ cidr_ipv4, ip_protocol, from_port }) => [cidr_ipv4, ip_protocol, from_port]);
    const always = [
      ["0.0.0.0/0", "tcp", 443],
      ["0.0.0.0/0", "tcp", 80],
      ["10.0.0.0/16", "-1", undefined],
    ];
    expect(out()).toEqual(always);
    expect(out(({ connections }) => connections.allowTo(Peer.anywhere(), Port.tcp(8883), "MQTT"))).toEqual(
      expect.arrayContaining([...always, ["0.0.0.0/0", "tcp", 8883]]),
    );
  });

  test("open a workload's port to the carrier", () => {
    const json = synthStack((stack) => void bostonCluster(stack).connections.allowFromCarrier(Port.tcp(443), "players"));
    expect(resources(json, "aws_vpc_security_group_ingress_rule")).toContainEqual(
      expect.objectContaining({
        cidr_ipv4: "0.0.0.0/0",
        from_port: 443,
        to_port: 443,
        security_group_id: expect.stringContaining("Cluster_SecurityGroup"),
      }),
    );
  });

  test.each([
    Port.tcp(16443),
    Port.tcp(25000),
    Port.tcp(19001),
    Port.tcp(10250),
    Port.udp(4789),
    Port.tcpRange(1, 65_535),
    Port.allTraffic(),
  ])("never open %s to everybody", (port) => {
    expect(() => synthStack((stack) => void bostonCluster(stack).connections.allowFromCarrier(port))).toThrow(
      /\[MEC1021\] stack\/Cluster\/Connections/,
    );
  });

  test("let one cluster's nodes in to another's", () => {
    const json = synthStack((stack) => {
      const network = new WavelengthNetwork(stack, "Network", { zone });
      const one = bostonCluster(stack, { network, clusterName: "one" }, "One");
      const two = bostonCluster(stack, { network, clusterName: "two" }, "Two");
      one.connections.allowFromCluster(two, Port.tcp(9090), "federation");
    });
    expect(resources(json, "aws_vpc_security_group_ingress_rule")).toContainEqual(
      expect.objectContaining({ from_port: 9090, referenced_security_group_id: expect.stringContaining("Two_SecurityGroup") }),
    );
  });
});

describe("refuses", () => {
  test.each([
    [{ encryptionKeyArn: "alias/edge" }, /\[MEC1030\] stack\/Cluster: got "alias\/edge" as encryptionKeyArn/],
    [{ encryptionKeyArn: "arn:aws:kms:eu-west-3:123456789012:key/1111" }, /MEC1030.*is in eu-west-3 and what it encrypts in us-east-1/],
    [{ roles: { path: "edge" } }, /\[MEC1032\] stack\/Cluster/],
    [{ roles: { permissionsBoundaryArn: "edge" } }, /\[MEC1031\] stack\/Cluster/],
    [{ tags: { "aws:x": "y" } }, /\[MEC1033\] stack\/Cluster/],
  ])("%j", (props, message) => {
    expect(() => synthBostonCluster(props)).toThrow(message);
  });

  test("a network that overlaps the cluster's own", () => {
    const within = (cidr: string) => (stack: TerraformStack) =>
      void bostonCluster(stack, { network: new WavelengthNetwork(stack, "Network", { zone, ipAddresses: IpAddresses.cidr(cidr) }) });
    expect(() => synthStack(within("10.1.128.0/20"))).toThrow(
      /\[MEC1005\] stack\/Cluster: got "10\.1\.128\.0\/20" of the VPC: it overlaps 10\.1\.0\.0\/16, .*pods/,
    );
    expect(() => synthStack(within("10.152.0.0/16"))).toThrow(/MEC1005.*services/);
  });
});
