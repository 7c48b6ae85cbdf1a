import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Lazy, TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { addRule } from "../annotations";
import { waitFor } from "../dependencies";
import { MecError } from "../errors";
import { withoutTemplates } from "../tokens";

/** Version of the records that Terraform and the nodes exchange. */
export const PROTOCOL = 2;

/** Longest value of a standard parameter, in bytes (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html). */
const MAX_VALUE_BYTES = 4096;

/** What a value that only the apply knows is counted as, in bytes: the ARN of a key, the longest there is. */
const TOKEN_BYTES = 80;

/** Attributes that must not be written again: each such write would put the placeholder over what a node has written. */
const KEEP_WHAT_NODES_WRITE = ["value_wo_version", "description", "key_id", "tier", "allowed_pattern", "overwrite"];

/** Name of a parameter of a cluster: the contract between stacks, and between Terraform and the nodes. */
export function parameterName(clusterName: string, name: string): string {
  return `/mec/${clusterName}/${name}`;
}

/** What parameters of one cluster have in common. */
export interface ClusterParameterProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the parameter below the cluster's, such as `endpoint` or `nodes/cp-0`; with dashes it is the construct's id. */
  readonly name: string;
  /** What it is, for people. */
  readonly description: string;
  /** Tags of the parameter. */
  readonly tags?: Record<string, string>;
}

/**
 * A parameter of a cluster that Terraform writes, after what it speaks of.
 *
 * @param value its text, or what gives it at synth
 * @param dependsOn what it speaks of
 */
export function plainParameter(
  scope: Construct,
  props: ClusterParameterProps,
  value: string | (() => string),
  dependsOn?: readonly ITerraformDependable[],
): SsmParameter {
  return new SsmParameter(scope, props.name.replace("/", "-"), {
    name: parameterName(props.clusterName, props.name),
    description: props.description,
    type: "String",
    insecureValue: typeof value === "string" ? withoutTemplates(value) : Lazy.stringValue({ produce: () => withoutTemplates(value()) }),
    tags: props.tags,
    dependsOn: dependsOn && [...dependsOn],
  });
}

/**
 * A parameter of a cluster that its machines write: Terraform makes it with a write-only placeholder, and never writes it again.
 *
 * @param fields what the placeholder has beside what says that it is one
 * @param keyArn KMS key of a secret one
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
 */
export function placeholderParameter(
  scope: Construct,
  props: ClusterParameterProps,
  fields: Record<string, string> = {},
  keyArn?: string,
): SsmParameter {
  return new SsmParameter(scope, props.name.replace("/", "-"), {
    name: parameterName(props.clusterName, props.name),
    description: props.description,
    type: keyArn === undefined ? "String" : "SecureString",
    keyId: keyArn,
    valueWo: JSON.stringify({ protocol: PROTOCOL, placeholder: true, ...fields }),
    valueWoVersion: 1,
    tags: props.tags,
    lifecycle: { ignoreChanges: KEEP_WHAT_NODES_WRITE },
  });
}

/** Properties of {@link ClusterParameters}. */
export interface ClusterParametersProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** ARN of the KMS key of the secret parameters. */
  readonly keyArn: string;
  /** Names of the nodes. */
  readonly nodeNames: readonly string[];
  /** URL of the Kubernetes API. */
  readonly endpoint: string;
  /** What the nodes shall be; see the node agent. Asked for at synth. */
  readonly desired: () => Readonly<Record<string, unknown>>;
  /** What must be there before nodes are told what they shall be. @default - nothing */
  readonly beforeDesired?: readonly ITerraformDependable[];
  /** What the cluster offers to add-ons. Asked for at synth. */
  readonly capabilities: () => object;
  /** Tags of every parameter. */
  readonly tags?: Record<string, string>;
}

/**
 * The parameters under `/mec/<cluster>/`: plain ones that Terraform writes, and those that the nodes write, which Terraform
 * only makes, with a write-only placeholder. No secret that a node writes gets into the Terraform state.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
 * @throws {MecError} at synth: MEC1105 when `desired` is longer than a standard parameter can be
 */
export class ClusterParameters extends Construct {
  /** All parameters, which must be there before a node boots and until it is gone. */
  public readonly all: SsmParameter[];

  /** What every node reads, whatever its kind. */
  public readonly shared: SsmParameter[];

  private readonly desired: SsmParameter;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterParametersProps,
  ) {
    super(scope, id);
    // Write-only arguments came with Terraform and OpenTofu 1.11.
    TerraformStack.of(this).addOverride("terraform.required_version", ">= 1.11.0");

    const plain = (
      name: string,
      description: string,
      value: string | (() => string),
      dependsOn?: readonly ITerraformDependable[],
    ): SsmParameter => plainParameter(this, this.parameter(name, description), value, dependsOn);
    const secret = (name: string, description: string, fields: Record<string, string>): SsmParameter =>
      placeholderParameter(this, this.parameter(name, description), fields, props.keyArn);
    const endpoint = plain("endpoint", "URL of the Kubernetes API", props.endpoint);
    this.desired = plain("desired", "What the nodes shall be", () => JSON.stringify(props.desired()), props.beforeDesired ?? []);
    const capabilities = plain("capabilities", "What the cluster offers to add-ons", () => JSON.stringify(props.capabilities()));
    const cluster = placeholderParameter(this, this.parameter("cluster", "Where the cluster was born"));
    const credential = secret("credential", "Credential of the deployer", { ca: "", certificate: "", key: "" });
    const join = secret("join", "Whose turn it is to join or to be updated", {});
    const nodes = props.nodeNames.map((node) => this.addNode(node));
    this.all = [endpoint, this.desired, capabilities, cluster, credential, join, ...nodes];
    this.shared = [this.desired, cluster, join];
    addRule(this, () => this.tooLong());
  }

  /** The status of a node, which Terraform makes and the node writes. */
  public addNode(nodeName: string): SsmParameter {
    return placeholderParameter(this, this.parameter(`nodes/${nodeName}`, `Status of node ${nodeName}`));
  }

  /** Has the nodes told what they shall be after this is there. */
  public tellAfter(...dependables: readonly ITerraformDependable[]): void {
    waitFor(this.desired, dependables);
  }

  private parameter(name: string, description: string): ClusterParameterProps {
    return { clusterName: this.props.clusterName, name, description, tags: this.props.tags };
  }

  private tooLong(): MecError[] {
    const bytes = Buffer.byteLength(JSON.stringify(this.props.desired()).replace(/\$\{TfToken\[[^\]]*\]\}/g, "x".repeat(TOKEN_BYTES)));
    return bytes <= MAX_VALUE_BYTES
      ? []
      : [
          new MecError(
            "MEC1105",
            this.node.path,
            `got ${bytes} bytes for the parameter "desired": a standard parameter holds ${MAX_VALUE_BYTES}, so write fewer or shorter registries, node arguments, audit rules, extraSans, or labels, taints and arguments of workers`,
          ),
        ];
  }
}
