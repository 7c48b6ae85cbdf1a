import { parse } from "yaml";
import { Size } from "../../../lib";
import { UNITS, pipelineText, type LogPipeline } from "../../../lib/helm/logging/pipeline";
import { lateCollectorValues } from "../../../lib/helm/logging/collector-values";

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed YAML has no static shape */

const ALL: LogPipeline = {
  units: UNITS,
  excludedNamespaces: ["noisy", "other"],
  dropLines: ["GET /healthz", 'a\\{\\{b "q": #x'],
  buffer: Size.mebibytes(256),
  own: { releaseName: "log-collector", namespace: "logging" },
  loki: { releaseName: "logs", namespace: "keep" },
  destination: { region: "us-east-1", group: "/mec/boston/containers", credentialsSecret: "aws" },
};
const configOf = (pipeline: Partial<LogPipeline> = {}): any => parse(pipelineText({ ...ALL, ...pipeline }));
const named = (list: any[], name: string): any[] => list.filter((plugin) => plugin.name === name);

describe("the pipeline of the collector", () => {
  const { service, pipeline } = configOf();

  test("reads the files of containers, but not its own and those of namespaces that are left out, and remembers how far", () => {
    const [tail] = named(pipeline.inputs, "tail");
    expect(tail).toMatchObject({
      tag: "kube.*",
      path: "/var/log/containers/*_*_*.log",
      "multiline.parser": "cri",
      db: "/var/lib/mec-logs/pods.db",
    });
    expect(tail.exclude_path.split(",")).toEqual([
      "/var/log/containers/log-collector-*_logging_*.log",
      "/var/log/containers/*_noisy_*.log",
      "/var/log/containers/*_other_*.log",
    ]);
  });

  test("reads the journal of microk8s, of the node agent and of the kernel, from now on", () => {
    const [systemd] = named(pipeline.inputs, "systemd");
    expect(systemd).toMatchObject({ tag: "node.*", read_from_tail: "on", db: "/var/lib/mec-logs/journal.db" });
    expect(systemd.systemd_filter).toEqual([
      "_SYSTEMD_UNIT=snap.microk8s.daemon-kubelite.service",
      "_SYSTEMD_UNIT=snap.microk8s.daemon-containerd.service",
      "_SYSTEMD_UNIT=snap.microk8s.daemon-k8s-dqlite.service",
      "_SYSTEMD_UNIT=snap.microk8s.daemon-cluster-agent.service",
      "_SYSTEMD_UNIT=mec-agent.service",
      "_TRANSPORT=kernel",
    ]);
    // A folder that is not there would end the collector.
    expect(systemd).not.toHaveProperty("path");
    expect(configOf({ units: ["ssh.service"] }).pipeline.inputs[1].systemd_filter).toEqual([
      "_SYSTEMD_UNIT=ssh.service",
      "_TRANSPORT=kernel",
    ]);
  });

  test("without units there is nothing of the journal", () => {
    const without = configOf({ units: [] });
    expect(JSON.stringify(without)).not.toMatch(/systemd|node\.\*|journal/);
    expect(without.pipeline.outputs.map(({ alias }: any) => alias)).toEqual(["loki-pods", "cloudwatch-pods"]);
  });

  test("takes names from those of files, and asks no API", () => {
    const [kubernetes] = named(pipeline.filters, "kubernetes");
    expect(kubernetes).toMatchObject({ match: "kube.*", kube_tag_prefix: "kube.var.log.containers.", labels: "off", annotations: "off" });
    expect(pipelineText(ALL)).toContain("use_tag_for_meta: on\n");
  });

  test("drops lines by patterns as they are written, whatever characters they have", () => {
    expect(named(pipeline.filters, "grep").map(({ match, exclude }) => [match, exclude])).toEqual([
      ["kube.*", "log GET /healthz"],
      ["kube.*", 'log a\\{\\{b "q": #x'],
    ]);
  });

  test("has few labels, and the line alone: the rest is beside it", () => {
    const [pods, journal] = named(pipeline.outputs, "loki");
    for (const output of [pods, journal]) {
      expect(output).toMatchObject({ host: "logs.keep.svc", port: 3100, drop_single_key: "raw" });
      expect(output.labels.split(", ").length).toBeLessThanOrEqual(4);
    }
    const names = (text: string) => text.split(", ").map((label) => label.split("=")[0]);
    expect(names(pods.labels)).toEqual(["job", "node", "namespace", "container"]);
    expect(names(pods.structured_metadata)).toEqual(["pod", "stream"]);
    expect(names(journal.labels)).toEqual(["job", "node", "unit"]);
    // What a record has beside the line is taken out of it.
    expect(pods.remove_keys.split(", ")).toEqual(["$kubernetes", "$stream", "$time", "$_p"]);
    const kept = named(pipeline.filters, "record_modifier")[0].allowlist_key.filter(
      (key: string) => !journal.remove_keys.includes(`$${key}`),
    );
    expect(kept).toEqual(["message"]);
  });

  test("gives nothing up while there is room on the disk, and no more room than is said", () => {
    expect(service["storage.path"]).toBe("/var/lib/mec-logs/buffer");
    expect(pipeline.inputs.every((input: any) => input["storage.type"] === "filesystem")).toBe(true);
    expect(pipeline.outputs.map((output: any) => [output.alias, output.retry_limit, output["storage.total_limit_size"]])).toEqual([
      ["loki-pods", "no_limits", "256M"],
      ["cloudwatch-pods", "no_limits", "256M"],
      ["loki-journal", "no_limits", "64M"],
      ["cloudwatch-journal", "no_limits", "64M"],
    ]);
    // Chunks of two megabytes in memory, far below the limit of the pod.
    expect(service["storage.max_chunks_up"] * 2).toBeLessThanOrEqual(40);
  });

  test("writes to a group that is there, to two streams a node", () => {
    const exports = named(pipeline.outputs, "cloudwatch_logs");
    expect(exports.map(({ log_stream_name: stream }) => stream)).toEqual(["${NODE_NAME}/pods", "${NODE_NAME}/journal"]);
    for (const output of exports) {
      expect(output).toMatchObject({ region: "us-east-1", log_group_name: "/mec/boston/containers", auto_create_group: "off" });
    }
    expect(named(configOf({ destination: undefined }).pipeline.outputs, "cloudwatch_logs")).toEqual([]);
    expect(named(configOf({ loki: undefined }).pipeline.outputs, "loki")).toEqual([]);
  });

  test("is a text that the chart, which takes it for a template, leaves as it is", () => {
    const { config } = lateCollectorValues({ ...ALL, dropLines: ["{{x}}"] }, undefined) as any;
    const text: string = config.extraFiles["mec.yaml"];
    expect(text).toContain('exclude: log {{ "{{" }}x}}');
    // Without the escapes there is no action left.
    expect(text.replaceAll('{{ "{{" }}', "")).not.toContain("{{");
  });
});
