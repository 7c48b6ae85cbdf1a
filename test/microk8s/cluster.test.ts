import { Duration, Microk8sChannel, Size, WavelengthInstanceType, WavelengthNetwork, WavelengthZone } from "../../lib";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { clusterBlock, parameter, resource, resources, synthStack, type StackJson } from "../support/synth";

const zone = WavelengthZone.US_EAST_1_WL1_BOS;

const policyOf = (json: StackJson) =>
  JSON.parse(clusterBlock(json, "aws_iam_role_policy").policy).Statement as { Action: string[]; Resource: string | string[] }[];

const keyGuardOf = (json: StackJson) => clusterBlock(json, "aws_iam_role_policy").lifecycle.precondition[0];

describe("the node", () => {
  test("has an encrypted gp2 root, tokens for IMDS that reach no further than the host, and its fixed address", () => {
    const instance = resource(synthBostonCluster({ tags: { team: "edge" } }), "aws_instance");
    expect(instance).toMatchObject({
      instance_type: "t3.xlarge",
      private_ip: "10.0.0.16",
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { volume_type: "gp2", encrypted: true, volume_size: 50, tags: { team: "edge" } },
    });
  });

  test("takes type and root volume", () => {
    const controlPlane = { instanceType: WavelengthInstanceType.T3_MEDIUM, rootVolume: { size: Size.gibibytes(80) } };
    expect(resource(synthBostonCluster({ controlPlane }), "aws_instance")).toMatchObject({
      instance_type: "t3.medium",
      root_block_device: { volume_size: 80 },
    });
  });

  test("never asks for a public IP, and a newer image, other user data or the carrier IP never replace it", () => {
    const instance = resource(synthBostonCluster(), "aws_instance");
    expect(instance).not.toHaveProperty("associate_public_ip_address");
    expect(instance.lifecycle.ignore_changes).toEqual(
      expect.arrayContaining(["ami", "user_data", "user_data_base64", "associate_public_ip_address"]),
    );
    expect(instance.ami).toMatch(/^\$\{data\.aws_ssm_parameter\..*\.insecure_value\}$/);
  });

  test("is Ubuntu 24.04 by Canonical's public parameter", () => {
    const [image] = Object.values<{ name: string }>(synthBostonCluster().data.aws_ssm_parameter);
    expect(image.name).toBe("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id");
  });

  test("its carrier IP comes from the zone's border group, after the route that carries it", () => {
    const json = synthBostonCluster();
    expect(resource(json, "aws_eip")).toMatchObject({ network_border_group: zone.networkBorderGroup, domain: "vpc" });
    expect(resource(json, "aws_eip").depends_on).toEqual(expect.arrayContaining([expect.stringContaining("aws_route.")]));
    expect(resource(json, "aws_eip_association")).toMatchObject({
      allocation_id: expect.stringContaining("aws_eip."),
      instance_id: expect.stringContaining("aws_instance."),
    });
  });

  test("comes after everything it needs, so that on destroy it goes before", () => {
    const json = synthBostonCluster();
    const needs: string[] = resource(json, "aws_instance").depends_on;
    const counts = {
      aws_iam_role_policy: 1,
      aws_route: 1,
      aws_route_table_association: 1,
      aws_s3_object: 1,
      aws_vpc_security_group_egress_rule: 3,
      aws_ec2_subnet_cidr_reservation: 1,
    };
    for (const [type, count] of Object.entries(counts)) {
      expect(needs.filter((address) => address.startsWith(`${type}.`))).toHaveLength(count);
    }
    expect(needs.filter((address) => address.startsWith("aws_ssm_parameter."))).toHaveLength(resources(json, "aws_ssm_parameter").length);
  });
});

describe("the parameters", () => {
  test("secret and node-written ones hold a write-only placeholder, and no later edit writes it again", () => {
    const json = synthBostonCluster();
    for (const name of ["cluster", "credential", "join", "nodes/cp-0"]) {
      const { value_wo, value_wo_version, lifecycle, ...rest } = parameter(json, name);
      expect(JSON.parse(value_wo)).toMatchObject({ protocol: 2, placeholder: true });
      expect(value_wo_version).toBe(1);
      expect(lifecycle.ignore_changes).toEqual(["value_wo_version", "description", "key_id", "tier", "allowed_pattern", "overwrite"]);
      expect(rest).not.toHaveProperty("value");
      expect(rest).not.toHaveProperty("insecure_value");
    }
  });

  test("the credential is encrypted with the cluster's key", () => {
    const json = synthBostonCluster();
    expect(parameter(json, "credential")).toMatchObject({
      type: "SecureString",
      key_id: expect.stringMatching(/^\$\{aws_kms_key\..*\.arn\}$/),
    });
    expect(resource(json, "aws_kms_key")).toMatchObject({ enable_key_rotation: true });
    // The rights to another key wait for what nodes told: at the role, since statuses that knew of the key would be read at apply.
    const { condition, error_message } = keyGuardOf(json);
    expect(condition).toMatch(
      /nonsensitive\(data\.aws_ssm_parameters_by_path\.\w+\.values\).*\.keyId.* key == join\("", \[aws_kms_key\.\w+\.arn\]\)\]\)/,
    );
    expect(error_message).toMatch(/^\[MEC1153\] stack\/Cluster: got .*write encryptionKeyArn as it was/);
    expect(JSON.stringify(json.data.aws_ssm_parameters_by_path)).not.toContain("aws_kms_key");
  });

  test("a key given by ARN is used in place of an own one", () => {
    const encryptionKeyArn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
    const json = synthBostonCluster({ encryptionKeyArn });
    expect(resources(json, "aws_kms_key")).toEqual([]);
    expect(parameter(json, "credential").key_id).toBe(encryptionKeyArn);
    expect(keyGuardOf(json).condition).toContain(`: key == join("", ["${encryptionKeyArn}"])])}`);
    expect(policyOf(json).find(({ Action }) => Action.includes("kms:Decrypt"))?.Resource).toBe(encryptionKeyArn);
  });

  test("`desired` tells the nodes channel, names, addresses, patience and the launch configuration", () => {
    const desired = JSON.parse(parameter(synthBostonCluster({ readyTimeout: Duration.minutes(2) }), "desired").insecure_value);
    expect(desired).toMatchObject({
      protocol: 2,
      generation: expect.stringMatching(/^[0-9a-f]{8}$/),
      channel: "1.35/stable",
      readySeconds: 120,
      nodes: [{ name: "cp-0", role: "control-plane", privateIp: "10.0.0.16" }],
      launchConfiguration: {
        version: "0.2.0",
        extraKubeAPIServerArgs: { "--authorization-mode": "RBAC,Node" },
        extraSANs: ["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"],
      },
    });
    expect(Object.keys(desired.launchConfiguration)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/join|addons|persistentClusterToken/)]),
    );
  });

  test("Terraform 1.11 is required, for write-only arguments", () => {
    expect(synthBostonCluster().terraform.required_version).toBe(">= 1.11.0");
  });
});

describe("readiness", () => {
  test("a stack per node, named after the instance, waits behind a barrier for the node's signal", () => {
    const json = synthBostonCluster({ readyTimeout: Duration.minutes(10) });
    const stack = resource(json, "aws_cloudformation_stack");
    expect(stack.name).toMatch(/^mec-boston--cp-0-\$\{aws_instance\..*\.id\}-[0-9a-f]{8}$/);
    expect(JSON.parse(stack.template_body).Resources).toEqual({
      Ready: { Type: "AWS::CloudFormation::WaitCondition", CreationPolicy: { ResourceSignal: { Count: 1, Timeout: "PT720S" } } },
    });
    expect(stack.timeouts.create).toBe("1320s");
    expect(stack.lifecycle.ignore_changes).toEqual(["template_body", "timeouts"]);
    expect(stack.depends_on).toEqual([expect.stringContaining("terraform_data.")]);
    expect(resources(json, "terraform_data").find(({ depends_on }) => depends_on).depends_on).toEqual(
      expect.arrayContaining([expect.stringContaining("aws_instance."), expect.stringContaining("aws_eip_association.")]),
    );
  });
});

describe("several clusters in one network", () => {
  test("have addresses of their own", () => {
    const json = synthStack((stack) => {
      const network = new WavelengthNetwork(stack, "Network", { zone });
      bostonCluster(stack, { network, clusterName: "one" }, "One");
      bostonCluster(stack, { network, clusterName: "two" }, "Two");
    });
    expect(resources(json, "aws_instance").map(({ private_ip }) => private_ip)).toEqual(["10.0.0.16", "10.0.0.24"]);
  });

  test("refuses a name used twice in a Region", () => {
    expect(() =>
      synthStack((stack) => {
        bostonCluster(stack, {}, "One");
        bostonCluster(stack, {}, "Two");
      }),
    ).toThrow(/\[MEC1107\] stack\/Two: got "boston" as clusterName: stack\/One has that name in us-east-1/);
  });
});

describe("refuses", () => {
  test.each(["Boston", "1boston", "boston-", "bos--ton", "bos_ton", "", "a".repeat(31)])("the cluster name %j", (clusterName) => {
    expect(() => synthBostonCluster({ clusterName })).toThrow(/\[MEC1101\] stack\/Cluster.*"boston-1"/);
  });

  test.each([0, 2, 4, 6, 7, 1.5, -1])("%d control-plane nodes", (count) => {
    expect(() => synthBostonCluster({ controlPlane: { count } })).toThrow(/MEC1103.*majority.*write 1, 3 or 5/);
  });

  test("a root volume that is too small, or larger than gp2 has", () => {
    expect(() => synthBostonCluster({ controlPlane: { rootVolume: { size: Size.gibibytes(8) } } })).toThrow(/MEC1104.*got 8 GiB/);
    expect(() => synthBostonCluster({ controlPlane: { rootVolume: { size: Size.gibibytes(20_000) } } })).toThrow(
      /MEC1104.*16384 GiB at most/,
    );
  });

  test.each([Duration.seconds(5), Duration.minutes(720)])("a wait that cannot be: %j", (readyTimeout) => {
    expect(() => synthBostonCluster({ readyTimeout })).toThrow(/MEC1109/);
  });

  test.each(["latest/stable", "1.35", "1.35-strict/stable", "1.27/stable", "v1.35/stable", ""])("the channel %j", (channel) => {
    expect(() => Microk8sChannel.of(channel)).toThrow(/MEC1102.*"1\.35\/stable"/);
  });
});

test("the nodes are an escape hatch to the provider's own classes", () => {
  synthStack((stack) => {
    const node = bostonCluster(stack).nodes.get("cp-0");
    node?.instance.addOverride("monitoring", true);
    expect(node?.instance.terraformResourceType).toBe("aws_instance");
  });
});
