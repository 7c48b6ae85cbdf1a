import { CloudformationStack } from "@cdktf/provider-aws/lib/cloudformation-stack";
import { DataResource, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Duration } from "../units";

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
  /** The machines to wait for. */
  readonly hosts: readonly AwaitedHost[];
  /** How long a machine may take, from the moment everything it needs is there. */
  readonly readyTimeout: Duration;
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
      dependsOn: [...props.hosts.flatMap((host) => host.dependables), ...props.dependsOn],
    });
    this.dependables = props.hosts.map(
      (host) =>
        new CloudformationStack(this, host.nodeName, {
          name: `mec-${props.clusterName}--${host.nodeName}-${host.instanceId}-${host.generation}`,
          templateBody,
          timeouts: { create: `${timeout + ROOM_FOR_CLOUDFORMATION}s` },
          tags: props.tags,
          lifecycle: { ignoreChanges: ["template_body"] },
          dependsOn: [barrier],
        }),
    );
  }
}
