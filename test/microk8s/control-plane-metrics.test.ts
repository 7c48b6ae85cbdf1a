import { Microk8sChannel, Port, Size, WavelengthInstanceType, type NodeArguments } from "../../lib";
import { renderedArguments } from "../../lib/microk8s/node-arguments";
import { bostonCluster, synthBostonCluster } from "../support/cluster";
import { parameter, resources, synthStack, type StackJson } from "../support/synth";

const flags = (args: NodeArguments, controlPlaneMetrics?: boolean) =>
  renderedArguments(args, {
    path: "stack/Cluster",
    channel: Microk8sChannel.V1_35,
    instanceType: WavelengthInstanceType.T3_MEDIUM,
    disk: Size.gibibytes(50),
    cisHardening: false,
    controlPlaneMetrics,
  }).flags;

const record = (json: StackJson, name: string) => JSON.parse(parameter(json, name).insecure_value.replace(/\$\$\{/g, "${"));

/** Ports of the rules that let somebody in, and the security groups they are of and from. */
const opened = (json: StackJson) =>
  resources(json, "aws_vpc_security_group_ingress_rule")
    .filter(({ from_port: port }) => [10257, 10259, 10249, 9100].includes(port))
    .map((rule) => `${rule.from_port} ${rule.security_group_id} from ${rule.referenced_security_group_id ?? rule.cidr_ipv4}`)
    .sort();

describe("metrics of the control plane", () => {
  test("are nobody's to read unless somebody says so", () => {
    const json = synthBostonCluster({ controlPlane: { count: 3 } });
    expect(opened(json)).toEqual([]);
    expect(record(json, "capabilities").controlPlaneMetrics).toBe(false);
    expect(Object.keys(record(json, "desired").launchConfiguration)).not.toContain("extraKubeProxyArgs");
    expect(json).toEqual(synthBostonCluster({ controlPlane: { count: 3 }, controlPlaneMetrics: false }));
  });

  test("need somebody whom controller manager and scheduler ask, and kube-proxy at every address", () => {
    const json = synthBostonCluster({ controlPlaneMetrics: true });
    const { extraKubeControllerManagerArgs, extraKubeSchedulerArgs, extraKubeProxyArgs } = record(json, "desired").launchConfiguration;
    expect(extraKubeControllerManagerArgs).toEqual({
      "--authentication-kubeconfig": "${SNAP_DATA}/credentials/controller.config",
      "--authorization-kubeconfig": "${SNAP_DATA}/credentials/controller.config",
    });
    expect(extraKubeSchedulerArgs).toEqual({
      "--authentication-kubeconfig": "${SNAP_DATA}/credentials/scheduler.config",
      "--authorization-kubeconfig": "${SNAP_DATA}/credentials/scheduler.config",
    });
    expect(extraKubeProxyArgs).toEqual({ "--metrics-bind-address": "0.0.0.0:10249" });
    expect(record(json, "capabilities").controlPlaneMetrics).toBe(true);
  });

  test("open no port where there is one node", () => {
    expect(opened(synthBostonCluster({ controlPlaneMetrics: true }))).toEqual([]);
  });

  test("are read by nodes of the cluster alone", () => {
    const json = synthStack((stack) => {
      const cluster = bostonCluster(stack, { controlPlane: { count: 3 }, controlPlaneMetrics: true });
      cluster.addWorkers("load", { count: 1, instanceType: WavelengthInstanceType.T3_MEDIUM });
    });
    const rules = opened(json).map((rule) => rule.replace(/\$\{aws_security_group\.(\w+?)_SecurityGroup_\w+\.id\}/g, "$1"));
    expect(rules).toEqual([
      "10249 Cluster from Cluster",
      "10249 Cluster from Cluster_Workers_Network",
      "10249 Cluster_Workers_Network from Cluster",
      "10249 Cluster_Workers_Network from Cluster_Workers_Network",
      "10257 Cluster from Cluster",
      "10257 Cluster from Cluster_Workers_Network",
      "10259 Cluster from Cluster",
      "10259 Cluster from Cluster_Workers_Network",
      "9100 Cluster from Cluster",
      "9100 Cluster from Cluster_Workers_Network",
      "9100 Cluster_Workers_Network from Cluster",
      "9100 Cluster_Workers_Network from Cluster_Workers_Network",
    ]);
  });

  test("keep the flags that a person writes beside", () => {
    expect(flags({ scheduler: { extraArguments: { "--v": 4 } } }, true).extraKubeSchedulerArgs).toMatchObject({
      "--authorization-kubeconfig": "${SNAP_DATA}/credentials/scheduler.config",
      "--v": "4",
    });
  });

  test("are refused beside another address of kube-proxy's", () => {
    const args: NodeArguments = { proxy: { extraArguments: { "--metrics-bind-address": "127.0.0.1:10249" } } };
    expect(flags(args).extraKubeProxyArgs).toEqual({ "--metrics-bind-address": "127.0.0.1:10249" });
    expect(() => flags(args, true)).toThrow(
      /MEC1142.*got --metrics-bind-address as nodeArguments\.proxy\.extraArguments and by controlPlaneMetrics.*leave one of them out/,
    );
  });

  test("of kube-proxy are not for the internet", () => {
    expect(() =>
      synthStack((stack) => {
        bostonCluster(stack, { controlPlaneMetrics: true }).connections.allowFromCarrier(Port.tcp(10249), "metrics");
      }),
    ).toThrow(/MEC1021.*kube-proxy/);
  });
});
