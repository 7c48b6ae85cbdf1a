import { TerraformVariable } from "cdktf";
import { createHash } from "node:crypto";
import { AuditLog, Duration, Microk8sChannel, type Microk8sClusterProps } from "../../lib";
import { checkedControlPlane } from "../../lib/microk8s/control-plane";
import { defaultReadyTime } from "../../lib/microk8s/ready-time";
import { assertSubjectNames } from "../../lib/microk8s/subject-names";
import { withoutTemplates } from "../../lib/tokens";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { parameter, resource, resources, synthStack, type StackJson } from "../support/synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

const text = (json: StackJson): string => parameter(json, "desired").insecure_value;
const plainStack = synthBostonCluster();
const plain = JSON.parse(text(plainStack));
const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
/** Everything at once: what it adds is looked at part by part. */
const full: Partial<Microk8sClusterProps> = {
  channel: Microk8sChannel.of("1.36/candidate"),
  ingress: true,
  cisHardening: true,
  extraSans: ["api.example.com"],
  nodeArguments: { kubelet: { maxPods: 50 }, proxy: { extraArguments: { "--v": 1 } } },
  controlPlane: { reinitialise: "i-01234567" },
};
const fullStack = synthBostonCluster(full);
const fullDesired = JSON.parse(text(fullStack).replaceAll("$${", "${"));
const actedUponBy = ({ agent, channel, launchConfiguration, addOns, osPatches, logs }: Record<string, any>) =>
  JSON.stringify({ agent: agent.sha256, channel, launchConfiguration, addOns, osPatches, logs });
const digits = (actedUpon: string) => createHash("sha256").update(actedUpon).digest("hex").slice(0, 8);

describe("the generation", () => {
  test("stands for what a living node acts upon, and is in the name of what waits", () => {
    for (const [json, desired] of [
      [plainStack, plain],
      [fullStack, fullDesired],
    ]) {
      expect(desired.generation).toBe(digits(actedUponBy(desired)));
      expect(resource(json, "aws_cloudformation_stack").name).toMatch(new RegExp(`-${desired.generation}$`));
    }
  });

  test("does not change with patience, key, or consent to a second birth", () => {
    const controlPlane = { reinitialise: "i-0123456789abcdef0" };
    const desired = JSON.parse(text(synthBostonCluster({ readyTimeout: Duration.minutes(2), encryptionKeyArn: KEY, controlPlane })));
    expect(desired).toMatchObject({
      generation: plain.generation,
      reinitialise: "i-0123456789abcdef0",
      keyId: KEY,
      readySeconds: 120,
    });
  });

  test("is computed by Terraform, over the same text, where something is known to the apply alone", () => {
    const json = synthStack((stack) => {
      const name = new TerraformVariable(stack, "name", { type: "string" });
      bostonCluster(stack, { ...full, extraSans: [name.stringValue] });
    });
    const [[local, actedUpon]] = Object.entries<string>(json.locals) as [[string, string]];
    expect(text(json)).toContain(`"generation":"\${substr(sha256(local.${local}), 0, 8)}"`);
    expect(resource(json, "aws_cloudformation_stack").name).toMatch(`-\${substr(sha256(local.${local}), 0, 8)}`);
    // What Terraform makes of it once the name is known: the very text that is hashed where it is known from the start.
    const resolved = actedUpon.replace("${var.name}", "api.example.com").replaceAll("$${", "${");
    expect(resolved).toBe(actedUponBy(fullDesired));
    expect(digits(resolved)).toBe(fullDesired.generation);
  });
});

describe("desired", () => {
  test("names the agent, and is written after what it names is there, and the right to use it", () => {
    expect(plain.agent).toEqual({
      bucket: expect.stringMatching(/^\$\{aws_s3_bucket\..*\.id\}$/),
      key: `agent/${plain.agent.sha256}.pyz`,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(parameter(plainStack, "desired").depends_on).toEqual(
      ["aws_s3_object.", "aws_iam_role_policy.", "aws_cloudwatch_log_group."].map((type) => expect.stringContaining(type)),
    );
  });

  test("holds nothing but defaults that nobody asked for", () => {
    expect(Object.keys(plain)).toEqual([
      "protocol",
      "generation",
      "agent",
      "channel",
      "keyId",
      "readySeconds",
      "joinSeconds",
      "nodes",
      "launchConfiguration",
      "osPatches",
      "logs",
    ]);
    expect(Object.keys(plain.launchConfiguration)).toEqual([
      "version",
      "extraKubeletArgs",
      "extraKubeAPIServerArgs",
      "extraCNIEnv",
      "extraSANs",
    ]);
  });

  test("keeps the library's own flags beside the user's", () => {
    const { launchConfiguration } = fullDesired;
    expect(launchConfiguration.extraKubeletArgs).toEqual({ ...plain.launchConfiguration.extraKubeletArgs, "--max-pods": "50" });
    expect(launchConfiguration.extraKubeProxyArgs).toEqual({ "--v": "1" });
    expect(launchConfiguration.extraSANs).toEqual([...plain.launchConfiguration.extraSANs, "api.example.com"]);
  });

  test("has variables of microk8s reach the nodes, past Terraform's own templates", () => {
    expect(text(fullStack)).toContain('"--audit-policy-file":"$${SNAP_DATA}/args/mec-audit-policy.yaml"');
    expect(withoutTemplates("a${b} %{c} ${TfToken[TOKEN.1]}")).toBe("a$${b} %%{c} ${TfToken[TOKEN.1]}");
  });

  test("hardens before it enables anything else", () => {
    expect(fullDesired.addOns).toEqual(["cis-hardening", "ingress"]);
  });

  test("is refused where a parameter cannot hold it", () => {
    const users = Array.from({ length: 200 }, (_, index) => `system:serviceaccount:${index}`);
    const auditLog = AuditLog.policy({ policy: { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "None", users }] } });
    expect(() => synthBostonCluster({ nodeArguments: { apiServer: { auditLog } } })).toThrow(/MEC1105.*audit rules/);
  });
});

describe("ingress", () => {
  test("tells add-ons its class, and opens nothing", () => {
    expect(JSON.parse(parameter(fullStack, "capabilities").insecure_value).ingressClass).toBe("public");
    expect(JSON.parse(parameter(plainStack, "capabilities").insecure_value)).not.toHaveProperty("ingressClass");
    const opened = (json: StackJson) => resources(json, "aws_vpc_security_group_ingress_rule").map(({ from_port }) => from_port);
    expect(opened(fullStack)).toEqual(opened(plainStack));
  });
});

describe("extraSans", () => {
  const check =
    (...names: string[]) =>
    () =>
      assertSubjectNames("stack/Cluster", names, ["10.0.0.16"]);

  test("are DNS names, with a wildcard in front perhaps, and IPv4 addresses", () => {
    expect(check("api.example.com", "edge", "*.api.example.com", "203.0.113.7", "a-1.b")).not.toThrow();
  });

  test.each([
    "",
    "API.example.com",
    "https://api.example.com",
    "api.example.com:16443",
    "api.example.com.",
    "api..example.com",
    "-api.example.com",
    "api_1.example.com",
    "*",
    "*.com",
    "api.*.example.com",
    "a*.example.com",
    "10.0.0.0/16",
    "256.1.1.1",
    "10.0.0",
    "10.0.0.016",
    "::1",
    `${"a".repeat(64)}.example.com`,
    `${"a.".repeat(130)}com`,
    "#{TfToken[TOKEN.1]}",
  ])("refuse %j", (name) => {
    expect(check(name)).toThrow(/MEC1148/);
  });

  test.each([[["a.example.com", "a.example.com"]], [["10.0.0.16"]], [["kubernetes.default.svc"]], [["127.0.0.1"]]])(
    "refuse %j, which is there already",
    (names) => {
      expect(check(...names)).toThrow(/MEC1149/);
    },
  );

  test("refuse an address of the control plane", () => {
    expect(() => synthBostonCluster({ extraSans: ["10.0.0.17"] })).toThrow(/\[MEC1149\] stack\/Cluster: got "10\.0\.0\.17"/);
  });
});

describe("consent to a second birth", () => {
  test.each(["", "yes", "i-123", "i-0123456789ABCDEF0", "i-0123456789abcdef0 ", "vpc-0123456789abcdef0"])("is not %j", (reinitialise) => {
    expect(() => checkedControlPlane("stack/Cluster", { reinitialise })).toThrow(/MEC1150.*"i-0123456789abcdef0"/);
  });

  test("is an instance id of either length", () => {
    expect(fullDesired.reinitialise).toBe("i-01234567");
  });
});

describe("the channel", () => {
  const guard = (json: StackJson) => Object.values<Record<string, any>>(json.data.aws_ssm_parameters_by_path)[0]!;

  test("is compared at plan with what nodes run: the same minor version or the one before", () => {
    const { path, with_decryption, lifecycle } = guard(fullStack);
    expect([path, with_decryption]).toEqual(["/mec/boston/nodes", false]);
    const [{ condition, error_message }] = lifecycle.postcondition;
    expect(condition).toContain('contains(["1.36", "1.35"], version)');
    expect(error_message).toMatch(/^\[MEC1151\] stack\/Cluster: got "1\.36\/candidate" as channel: nodes run Kubernetes \$\{join\(/);
  });

  test("does not count what a lost machine told last", () => {
    expect(guard(fullStack).lifecycle.postcondition[0].condition).toContain('instanceId, "") != "i-01234567"');
  });

  test("has a minor version to compare", () => {
    expect([Microk8sChannel.V1_34, Microk8sChannel.of("1.36/edge")].map(({ minor }) => minor)).toEqual([34, 36]);
  });
});

test("the readiness time is that of a change that fails and is taken back, and of each add-on", () => {
  expect(defaultReadyTime({ addOns: 0 }).toMinutes()).toBe(20);
  expect([plain.readySeconds, fullDesired.readySeconds]).toEqual([20 * 60, 24 * 60]);
  const stack = resource(fullStack, "aws_cloudformation_stack");
  expect(JSON.parse(stack.template_body).Resources.Ready.CreationPolicy.ResourceSignal.Timeout).toBe(`PT${24 * 60 + 120}S`);
});
