import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import type { Construct } from "constructs";
import { parameterName } from "./parameters";

/** ARNs of what a cluster has, by its name: in the account that Terraform runs in, which synth does not know. */
export class AccountArns {
  /** Partition, such as `aws`. @attribute */
  public readonly partition: string;

  private readonly accountId: string;

  /**
   * @param scope where account and partition are looked up
   * @param clusterName name of the cluster
   * @param region Region of the cluster's parameters
   */
  public constructor(
    scope: Construct,
    private readonly clusterName: string,
    private readonly region: string,
  ) {
    this.partition = new DataAwsPartition(scope, "Partition").partition;
    this.accountId = new DataAwsCallerIdentity(scope, "Identity").accountId;
  }

  /** The account itself: whoever its IAM policies let. @attribute */
  public get root(): string {
    return `arn:${this.partition}:iam::${this.accountId}:root`;
  }

  /** A parameter by its absolute name, which may end in a wildcard. @attribute */
  public absoluteParameter(name: string): string {
    return this.regional("ssm", `parameter${name}`);
  }

  /** A parameter of the cluster, such as `nodes/cp-*`. @attribute */
  public parameter(name: string): string {
    return this.absoluteParameter(parameterName(this.clusterName, name));
  }

  /** The waiting stacks of machines; the two dashes keep a cluster `bos` from one that is named `bos-1`. @attribute */
  public waitingStacks(machines: string): string {
    return this.regional("cloudformation", `stack/mec-${this.clusterName}--${machines}/*`);
  }

  /** A log group. @attribute */
  public logGroup(group: string): string {
    return this.regional("logs", `log-group:${group}`);
  }

  private regional(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.accountId}:${resource}`;
  }
}
