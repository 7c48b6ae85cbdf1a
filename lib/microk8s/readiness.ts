import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { Lazy, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { waitFor } from "../dependencies";
import { TerraformData } from "../terraform-data";

/** How much longer than the node's own patience CloudFormation waits, so that the node's reason arrives first; in seconds. */
const ROOM_FOR_REASON = 120;

/** How much longer than CloudFormation the provider waits; in seconds. */
const ROOM_FOR_CLOUDFORMATION = 600;

/** A machine that says by itself when it is ready. */
export interface AwaitedHost {
  /** Name of the machine in its cluster, such as `cp-0`. */
  readonly nodeName: string;
  /** Id of the EC2 instance. @attribute */
  readonly instanceId: string;
  /** Generation of what it shall be; a new one is waited for again. */
  readonly generation: string;
  /** What makes the machine whole. */
  readonly dependables: readonly ITerraformDependable[];
}

/** Properties of {@link ClusterReadiness}. */
export interface ClusterReadinessProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** How long a machine may take, in seconds, from the moment everything it needs is there; asked at synth, by its name. */
  readonly patience: (nodeName: string) => number;
  /** What must be there before the clock starts, beside the machines. */
  readonly dependsOn: readonly ITerraformDependable[];
  /** Tags of the stacks. */
  readonly tags?: Record<string, string>;
}

/**
 * Waits until every node, and the host of the way to the API where there is one, says that it is ready, and fails with its own reason.
 *
 * One small CloudFormation stack per machine holds a wait condition, which the machine signals by name. The instance id in the
 * name makes a machine that was replaced in any way be waited for again.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-waitcondition.html
 */
export class ClusterReadiness extends Construct {
  /** What is there once every machine that was added is ready, for `dependsOn`. */
  public readonly dependables: ITerraformDependable[] = [];

  private readonly barrier: TerraformData;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterReadinessProps,
  ) {
    super(scope, id);
    // All waiting starts after all making: waits would fill Terraform's ten slots and starve the nodes they wait for.
    this.barrier = new TerraformData(this, "Barrier", { dependsOn: [...props.dependsOn] });
  }

  /** Waits for a machine too. */
  public addHost(host: AwaitedHost): void {
    const { clusterName, patience, tags } = this.props;
    const { nodeName } = host;
    // Asked at synth: the position of a node changes with the groups that come before its own.
    const timeout = () => patience(nodeName) + ROOM_FOR_REASON;
    waitFor(this.barrier, host.dependables);
    this.dependables.push(
      new CloudformationStack(this, nodeName, {
        name: `mec-${clusterName}--${nodeName}-${host.instanceId}-${host.generation}`,
        templateBody: Lazy.stringValue({ produce: () => waitingTemplate(clusterName, timeout()) }),
        timeouts: { create: Lazy.stringValue({ produce: () => `${timeout() + ROOM_FOR_CLOUDFORMATION}s` }) },
        tags,
        // A stack that has its signal waits no more: another patience, or another place in the order, is for the next one.
        lifecycle: { ignoreChanges: ["template_body", "timeouts"] },
        dependsOn: [this.barrier],
      }),
    );
  }
}

function waitingTemplate(clusterName: string, timeoutSeconds: number): string {
  return JSON.stringify({
    Description: `Waits for a node of the cluster ${clusterName}`,
    Resources: {
      Ready: {
        Type: "AWS::CloudFormation::WaitCondition",
        CreationPolicy: { ResourceSignal: { Count: 1, Timeout: `PT${timeoutSeconds}S` } },
      },
    },
  });
}
