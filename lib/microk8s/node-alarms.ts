import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { warn } from "../annotations";
import { MecError, got } from "../errors";
import { isListToken } from "../tokens";

/** Actions that an alarm can have (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html). */
const MAX_ACTIONS = 5;

/** Length of a period in seconds: EC2 tells a status check once a minute. */
const PERIOD = 60;

/**
 * What is alarmed of, and after how many failed minutes. One for the hardware and one for the machine, since they ask for different deeds;
 * the metric of both would tell each fault of the hardware twice. The numbers are those that AWS recommends for recovery and for reboot,
 * which keep a reboot from being an alarm of the hardware's.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/UsingAlarmActions.html
 */
const CHECKS = [
  { id: "SystemStatus", metricName: "StatusCheckFailed_System", minutes: 2, what: "hardware or network of AWS", recovers: true },
  { id: "InstanceStatus", metricName: "StatusCheckFailed_Instance", minutes: 3, what: "the machine", recovers: false },
] as const;

/** What happens when EC2's status checks of a node fail; one of both at least. */
export interface NodeAlarmsProps {
  /**
   * ARNs of what is told or run, such as SNS topics in the cluster's Region; five at most, with the recovery. A topic that is encrypted by
   * a key must let CloudWatch use it.
   * @default - nothing
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  readonly actions?: readonly string[];

  /**
   * Whether EC2 moves a node to other hardware when its own fails: same instance, same addresses, same disk. AWS has not confirmed that it
   * can in a Wavelength Zone, so the construct carries a warning.
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/UsingAlarmActions.html
   */
  readonly recover?: boolean;
}

/**
 * Refuses alarms that cannot be.
 *
 * @param path construct path for the error
 * @param region Region of the cluster
 * @param props what a person wrote; undefined for no alarms
 * @throws {MecError} MEC1130 for what is no ARN of an action or too many of them, MEC1131 for alarms that do nothing
 */
export function assertNodeAlarms(path: string, region: string, props: NodeAlarmsProps | undefined): void {
  if (props === undefined) {
    return;
  }
  const { actions = [], recover = false } = props;
  if (actions.length === 0 && !recover) {
    throw new MecError(
      "MEC1131",
      path,
      `${got(props)} as alarms: nobody would be told, so write for example { actions: ["arn:aws:sns:${region}:123456789012:edge"] }, or leave alarms out`,
    );
  }
  for (const action of actions) {
    assertAction(path, region, action);
  }
  const room = MAX_ACTIONS - (recover ? 1 : 0);
  if (actions.length > room) {
    throw new MecError(
      "MEC1130",
      path,
      `got ${actions.length} as number of alarms.actions: an alarm has ${MAX_ACTIONS} actions at most${recover ? ", one of which is the recovery" : ""}, so write ${room} or fewer`,
    );
  }
}

function assertAction(path: string, region: string, action: string): void {
  const example = `so write for example "arn:aws:sns:${region}:123456789012:edge"`;
  const refuse = (rule: string): never => {
    throw new MecError("MEC1130", path, `${got(action)} in alarms.actions: ${rule}`);
  };
  if (isListToken(action)) {
    refuse(`how many actions there are must be known at synth, ${example}`);
  }
  if (Token.isUnresolved(action)) {
    return;
  }
  if (/^arn:aws[a-z-]*:(?:automate|swf):/.test(action)) {
    refuse(
      "an action on the instance itself would stop a node that Terraform keeps, so leave it out, and write recover: true for a recovery",
    );
  }
  const match = /^arn:aws[a-z-]*:[a-z0-9-]+:(?<region>[a-z0-9-]*):\d{12}:\S+$/.exec(action);
  if (!match?.groups) {
    return refuse(`an action is given by its ARN, ${example}`);
  }
  // A response plan of Incident Manager is in no Region.
  if (!["", region].includes(match.groups.region!)) {
    refuse(`CloudWatch acts in the Region of the alarm, which is ${region}, ${example}`);
  }
}

/** Properties of {@link NodeAlarms}. */
export interface NodeAlarmsTarget {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the node in its cluster. */
  readonly nodeName: string;
  /** Id of the instance; the alarms follow it to the next one. @attribute */
  readonly instanceId: string;
  /** Region of the cluster. */
  readonly region: string;
  /** Tags of the alarms. */
  readonly tags?: Record<string, string>;
}

/** The alarms of one node's status checks. They are told nothing of a node that is stopped, and then say so (insufficient data). */
export class NodeAlarms extends Construct {
  public constructor(scope: Construct, id: string, target: NodeAlarmsTarget, { actions = [], recover = false }: NodeAlarmsProps) {
    super(scope, id);
    const { clusterName, nodeName, instanceId, region, tags } = target;
    if (recover) {
      warn(
        this,
        "MEC1906",
        "got recover: true: no page of AWS confirms that EC2 recovers an instance in a Wavelength Zone, so write actions too, to be told when it does not",
      );
    }
    const recovery = recover ? [`arn:${new DataAwsPartition(this, "Partition").partition}:automate:${region}:ec2:recover`] : [];
    for (const { id: check, metricName, minutes, what, recovers } of CHECKS) {
      const alarmActions = [...actions, ...(recovers ? recovery : [])];
      if (alarmActions.length === 0) {
        continue;
      }
      new CloudwatchMetricAlarm(this, check, {
        alarmName: `mec-${clusterName}--${nodeName}-${metricName}`,
        alarmDescription: `EC2 finds a fault in ${what} of node ${nodeName} of the cluster ${clusterName}`,
        namespace: "AWS/EC2",
        metricName,
        dimensions: { InstanceId: instanceId },
        statistic: "Maximum",
        period: PERIOD,
        evaluationPeriods: minutes,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        // No data is no fault: a new machine has none yet, and a stopped one cannot be recovered.
        treatMissingData: "missing",
        alarmActions,
        tags,
      });
    }
  }
}
