import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { DataResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../units";

/** How much longer than the node's own patience CloudFormation waits, so that the node's reason arrives first; in seconds. */
const ROOM_FOR_REASON = 120;

/** How much longer than CloudFormation the provider waits; in seconds. */
const ROOM_FOR_CLOUDFORMATION = 600;

/** What is waited for: a node, or another machine that signals as one does. */
export interface WaitedForMachine {
  /** Name in the cluster, such as `cp-0`. */
  readonly nodeName: string;
  /** Id of the EC2 instance. @attribute */
  readonly instanceId: string;
  /** What makes the machine whole. */
  readonly dependables: readonly ITerraformDependable[];
}

/** Properties of {@link ClusterReadiness}. */
export interface ClusterReadinessProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The nodes to wait for. */
  readonly nodes: readonly WaitedForMachine[];
  /** How long a node may take, from the moment everything it needs is there. */
  readonly readyTimeout: Duration;
  /** Generation of what the nodes shall be; a new one is waited for again. */
  readonly generation: string;
  /** What must be there before the clock starts, beside the nodes. */
  readonly dependsOn: readonly ITerraformDependable[];
  /** Tags of the stacks. */
  readonly tags?: Record<string, string>;
}

/**
 * Waits until every node says that it is ready, and fails with the node's own reason.
 *
 * One small CloudFormation stack per node holds a wait condition, which the node signals by name. The instance id in the
 * name makes a node that was replaced in any way be waited for again.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-waitcondition.html
 */
export class ClusterReadiness extends Construct {
  /** What is there once every node is ready, for `dependsOn`. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ClusterReadinessProps) {
    super(scope, id);
    const timeout = Math.ceil(props.readyTimeout.toSeconds()) + ROOM_FOR_REASON;
    const templateBody = JSON.stringify({
      Description: `Waits for a node of the cluster ${props.clusterName}`,
      Resources: {
        Ready: {
          Type: "AWS::CloudFormation::WaitCondition",
          CreationPolicy: { ResourceSignal: { Count: 1, Timeout: `PT${timeout}S` } },
        },
      },
    });
    // All waiting starts after all making: waits would fill Terraform's ten slots and starve the nodes they wait for.
    const barrier = new DataResource(this, "Barrier", {
      dependsOn: [...props.nodes.flatMap((node) => node.dependables), ...props.dependsOn],
    });
    this.dependables = props.nodes.map(
      (node) =>
        new CloudformationStack(this, node.nodeName, {
          name: `mec-${props.clusterName}--${node.nodeName}-${node.instanceId}-${props.generation}`,
          templateBody,
          timeouts: { create: `${timeout + ROOM_FOR_CLOUDFORMATION}s` },
          tags: props.tags,
          lifecycle: { ignoreChanges: ["template_body"] },
          dependsOn: [barrier],
        }),
    );
  }
}
