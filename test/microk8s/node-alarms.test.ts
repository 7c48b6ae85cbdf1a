import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Fn, Token } from "cdktf";
import type { NodeAlarmsProps } from "../../lib";
import { assertNodeAlarms } from "../../lib/microk8s/node-alarms";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { resources, synthStack, warnings, type StackJson } from "../support/synth";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:edge";
const alarmsOf = (json: StackJson) => resources(json, "aws_cloudwatch_metric_alarm");

test("none are made where there is nobody to tell", () => {
  expect(alarmsOf(synthBostonCluster())).toEqual([]);
});

describe("alarms of a node", () => {
  const json = synthBostonCluster({ alarms: { actions: [TOPIC], recover: true }, tags: { team: "edge" } });
  const byMetric = (metric: string) => alarmsOf(json).find(({ metric_name }) => metric_name === metric);

  test("are of the hardware and of the machine, and of whatever instance the node is", () => {
    expect(alarmsOf(json)).toHaveLength(2);
    for (const metric of ["StatusCheckFailed_System", "StatusCheckFailed_Instance"]) {
      expect(byMetric(metric)).toMatchObject({
        alarm_name: `mec-boston--cp-0-${metric}`,
        namespace: "AWS/EC2",
        dimensions: { InstanceId: expect.stringMatching(/^\$\{aws_instance\..*cp-0.*\.id\}$/) },
        statistic: "Maximum",
        period: 60,
        threshold: 1,
        comparison_operator: "GreaterThanOrEqualToThreshold",
        treat_missing_data: "missing",
        tags: { team: "edge" },
      });
    }
  });

  test("recover a node from its hardware's fault alone, and sooner than a reboot would be one", () => {
    const recovery = expect.stringMatching(/^arn:\$\{data\.aws_partition\.[\w-]+\.partition\}:automate:us-east-1:ec2:recover$/);
    const [system, instance] = ["StatusCheckFailed_System", "StatusCheckFailed_Instance"].map(byMetric);
    expect(system.alarm_actions).toEqual([TOPIC, recovery]);
    expect(instance.alarm_actions).toEqual([TOPIC]);
    expect(system.evaluation_periods).toBeLessThan(instance.evaluation_periods);
  });

  test("warn that nobody has confirmed the recovery", () => {
    expect(warnings(json)).toEqual([expect.stringMatching(/\[MEC1906\] stack\/Cluster\/cp-0-Alarms: got recover: true/)]);
  });
});

test("with recovery alone, nothing is made that would tell nobody", () => {
  expect(alarmsOf(synthBostonCluster({ alarms: { recover: true } })).map(({ metric_name }) => metric_name)).toEqual([
    "StatusCheckFailed_System",
  ]);
});

test("take a topic that the app itself makes, and warn about nothing", () => {
  const json = synthStack((stack) => void bostonCluster(stack, { alarms: { actions: [new SnsTopic(stack, "Topic", {}).arn] } }));
  expect(alarmsOf(json).map(({ alarm_actions }) => alarm_actions)).toEqual([
    ["${aws_sns_topic.Topic.arn}"],
    ["${aws_sns_topic.Topic.arn}"],
  ]);
  expect(warnings(json)).toEqual([]);
});

test("are checked when the cluster is made", () => {
  expect(() => synthBostonCluster({ alarms: { actions: ["edge"] } })).toThrow(/\[MEC1130\] stack\/Cluster: got "edge" in alarms\.actions/);
});

test.each<[NodeAlarmsProps, RegExp]>([
  [{}, /\[MEC1131\] path: got \{\} as alarms: nobody would be told/],
  [{ actions: [], recover: false }, /MEC1131/],
  [{ actions: ["edge"] }, /\[MEC1130\] path: got "edge" in alarms\.actions: an action is given by its ARN, .*"arn:aws:sns:us-east-1:/],
  [{ actions: [TOPIC, ""] }, /MEC1130.*got ""/],
  [{ actions: ["arn:aws:sns:eu-west-3:123456789012:edge"] }, /MEC1130.*Region of the alarm, which is us-east-1/],
  [{ actions: ["arn:aws:automate:us-east-1:ec2:terminate"] }, /MEC1130.*would stop a node/],
  [{ actions: ["arn:aws:automate:us-east-1:ec2:recover"] }, /MEC1130.*recover: true/],
  [{ actions: ["arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0"] }, /MEC1130.*would stop a node/],
  [{ actions: Array.from({ length: 6 }, (_, index) => `${TOPIC}-${index}`) }, /MEC1130.*got 6 as number.*5 actions at most, so write 5/],
  [
    { actions: Array.from({ length: 5 }, (_, index) => `${TOPIC}-${index}`), recover: true },
    /MEC1130.*one of which is the recovery, so write 4/,
  ],
  [{ actions: Token.asList(Fn.split(",", "a,b")) }, /MEC1130.*known at synth/],
])("that cannot be are refused: %j", (props, message) => {
  expect(() => assertNodeAlarms("path", "us-east-1", props)).toThrow(message);
});

test.each([
  TOPIC,
  "arn:aws:lambda:us-east-1:123456789012:function:page:live",
  "arn:aws:ssm:us-east-1:123456789012:opsitem:2#CATEGORY=Availability",
  "arn:aws:ssm-incidents::123456789012:response-plan/edge",
])("the action %s is taken", (action) => {
  expect(() => assertNodeAlarms("path", "us-east-1", { actions: [action] })).not.toThrow();
});
