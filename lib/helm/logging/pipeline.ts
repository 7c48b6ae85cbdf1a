import { stringify } from "yaml";
import type { Size } from "../../units";
import { LOKI_PORT, lokiHost, type Place } from "./neighbours";
import type { LogDestination } from "./log-export";

/** Folder of the container that stays on the disk of the node: how far was read, and what waits. */
export const STATE_FOLDER = "/var/lib/mec-logs";

/** Port of the collector's metrics. */
export const METRICS_PORT = 2020;

/** Variable with the name of the node. */
export const NODE_NAME = "NODE_NAME";

/** Units of the journal that are read unless somebody says otherwise: microk8s' programs, and the node agent. */
export const UNITS = ["kubelite", "containerd", "k8s-dqlite", "cluster-agent"]
  .map((name) => `snap.microk8s.daemon-${name}.service`)
  .concat("mec-agent.service");

/** What a collector reads, drops and sends where. */
export interface LogPipeline {
  /** Units of the journal; none for no journal. */
  readonly units: readonly string[];
  /** Namespaces that are not read. */
  readonly excludedNamespaces: readonly string[];
  /** Regular expressions of lines that are dropped. */
  readonly dropLines: readonly string[];
  /** Room for what a destination does not take. */
  readonly buffer: Size;
  /** The collector's own release, which is not read: what it says of a line would be a line again. */
  readonly own: Place;
  /** Where Loki is. @default - none */
  readonly loki?: Place;
  /** Where logs go out of the site. @default - nowhere */
  readonly destination?: LogDestination;
}

/** A part of Fluent Bit's pipeline. */
type Plugin = Readonly<Record<string, unknown>>;

/** Tags of lines, by where they are from. */
const FROM = { pods: "kube.*", journal: "node.*" } as const;

/**
 * Fluent Bit's configuration: the logs of pods as containerd writes them, and the node's journal; few labels, since each set of them is a stream
 * of its own: `job`, `node`, `namespace` and `container` of pods, `job`, `node` and `unit` of the journal. Which pod and which of its outputs a
 * line is of is beside it, as structured metadata. Names are taken from the name of the file: the API server is asked for nothing.
 *
 * @see https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml
 * @see https://grafana.com/docs/loki/latest/get-started/labels/bp-labels/
 * @see https://kubernetes.io/docs/concepts/cluster-administration/logging/
 */
export function pipelineText(pipeline: LogPipeline): string {
  const hasJournal = pipeline.units.length > 0;
  return stringify(
    {
      service: SERVICE,
      pipeline: {
        inputs: [podsInput(pipeline), ...(hasJournal ? [journalInput(pipeline)] : [])],
        filters: [...podFilters(pipeline), ...(hasJournal ? [JOURNAL_FILTER] : [])],
        outputs: outputs(pipeline, hasJournal),
      },
    },
    { lineWidth: 0 },
  );
}

const SERVICE = {
  flush: 5,
  log_level: "warn",
  http_server: "on",
  http_listen: "0.0.0.0",
  http_port: METRICS_PORT,
  health_check: "on",
  "storage.path": `${STATE_FOLDER}/buffer`,
  "storage.sync": "normal",
  "storage.metrics": "on",
  // Chunks of two megabytes in memory; the rest waits on the disk.
  "storage.max_chunks_up": 16,
  "storage.backlog.mem_limit": "8M",
  "storage.delete_irrecoverable_chunks": "on",
  // A destination is tried again each minute at most; by default the pauses grow to half an hour.
  "scheduler.base": 5,
  "scheduler.cap": 60,
} as const;

function podsInput({ excludedNamespaces, own }: LogPipeline): Plugin {
  const files = (pod: string, namespace: string) => `/var/log/containers/${pod}_${namespace}_*.log`;
  return {
    name: "tail",
    tag: FROM.pods,
    path: files("*", "*"),
    exclude_path: [files(`${own.releaseName}-*`, own.namespace), ...excludedNamespaces.map((namespace) => files("*", namespace))].join(","),
    "multiline.parser": "cri",
    db: `${STATE_FOLDER}/pods.db`,
    "db.locking": true,
    read_from_head: true,
    refresh_interval: 10,
    rotate_wait: 30,
    buffer_max_size: "256k",
    skip_long_lines: "on",
    "storage.type": "filesystem",
  };
}

function journalInput({ units }: LogPipeline): Plugin {
  return {
    // Without a path: one that is not there would end the collector, on an image whose journal is not kept.
    name: "systemd",
    tag: FROM.journal,
    systemd_filter: [...units.map((unit) => `_SYSTEMD_UNIT=${unit}`), "_TRANSPORT=kernel"],
    db: `${STATE_FOLDER}/journal.db`,
    // What was there before the collector is not read.
    read_from_tail: "on",
    lowercase: "on",
    strip_underscores: "on",
    max_entries: 1000,
    "storage.type": "filesystem",
  };
}

function podFilters({ dropLines }: LogPipeline): Plugin[] {
  return [
    {
      name: "kubernetes",
      match: FROM.pods,
      use_tag_for_meta: "on",
      kube_tag_prefix: "kube.var.log.containers.",
      labels: "off",
      annotations: "off",
    },
    ...dropLines.map((pattern) => ({ name: "grep", match: FROM.pods, exclude: `log ${pattern}` })),
  ];
}

/** Of a journal's dozens of fields those that are asked for. */
const JOURNAL_FILTER: Plugin = {
  name: "record_modifier",
  match: FROM.journal,
  allowlist_key: ["message", "systemd_unit", "priority", "syslog_identifier"],
};

function outputs({ loki, destination, buffer }: LogPipeline, hasJournal: boolean): Plugin[] {
  const room = { pods: buffer.toMebibytes(), journal: buffer.toMebibytes() / 4 };
  const sources = hasJournal ? (["pods", "journal"] as const) : (["pods"] as const);
  return sources.flatMap((source) => {
    const common = (to: string) => ({
      match: FROM[source],
      alias: `${to}-${source}`,
      retry_limit: "no_limits",
      "storage.total_limit_size": `${Math.max(1, Math.floor(room[source]))}M`,
    });
    return [
      ...(loki === undefined ? [] : [{ name: "loki", ...common("loki"), ...toLoki(loki), ...LOKI_FIELDS[source] }]),
      ...(destination === undefined ? [] : [{ name: "cloudwatch_logs", ...common("cloudwatch"), ...toCloudWatch(destination, source) }]),
    ];
  });
}

function toLoki(loki: Place): Plugin {
  return { host: lokiHost(loki), port: LOKI_PORT, compress: "gzip", line_format: "json", drop_single_key: "raw", workers: 1 };
}

/** Labels of a stream, what is beside a line, and what is taken out of it. */
const LOKI_FIELDS: Readonly<Record<keyof typeof FROM, Plugin>> = {
  pods: {
    labels: `job=pods, node=\${${NODE_NAME}}, namespace=$kubernetes['namespace_name'], container=$kubernetes['container_name']`,
    structured_metadata: "pod=$kubernetes['pod_name'], stream=$stream",
    remove_keys: "$kubernetes, $stream, $time, $_p",
  },
  journal: {
    labels: `job=node, node=\${${NODE_NAME}}, unit=$systemd_unit`,
    structured_metadata: "priority=$priority, identifier=$syslog_identifier",
    remove_keys: "$systemd_unit, $priority, $syslog_identifier",
  },
};

function toCloudWatch({ region, group }: LogDestination, source: keyof typeof FROM): Plugin {
  return {
    region,
    log_group_name: group,
    log_stream_name: `\${${NODE_NAME}}/${source}`,
    auto_create_group: "off",
    workers: 1,
  };
}
