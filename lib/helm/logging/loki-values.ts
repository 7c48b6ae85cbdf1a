import { quantity } from "../../microk8s/quantities";
import type { Size } from "../../units";
import { resourceValues, type ContainerResources } from "../prometheus/resources";
import type { Values } from "../values";
import { LOKI_PORT, type Place } from "./neighbours";
import type { LogRetention } from "./retention";

/** What the values depend on. */
export interface LokiSettings {
  readonly retention: LogRetention;
  readonly volume: Size;
  readonly storageClass: string;
  readonly resources: ContainerResources;
}

/**
 * How late a line may come, beside others of its stream: half of this. A collector that could not reach Loki for a while sends what is new and
 * what waited in any order, and Loki refuses for good what comes later than that.
 * @see https://grafana.com/docs/loki/latest/configure/#accept-out-of-order-writes
 */
const CHUNK_AGE = "6h";

/**
 * How far back what is not on the volume yet is asked for: longer than a chunk may take to get there. With Loki's own three hours, lines of streams
 * that write little would be found in no question about the hours before until their chunk is full or old.
 * @see https://grafana.com/docs/loki/latest/configure/#querier
 */
const ASKED_INGESTER = "7h";

/** Day from which on the schema holds; it stays for the life of the volume, since Loki reads by it what is there. */
const SCHEMA_FROM = "2024-04-01";

/** Sections of Loki's own configuration: the chart hands on whatever is in them. */
export const LOKI_SECTIONS = [
  "analytics",
  "commonConfig",
  "compactor",
  "ingester",
  "limits_config",
  "memberlistConfig",
  "querier",
  "schemaConfig",
  "server",
] as const;

/** Parts of the chart for sites of other sizes, and their helpers: caches of gigabytes, a gateway, a canary on each node. */
const WITHOUT: Values = {
  gateway: { enabled: false },
  chunksCache: { enabled: false },
  resultsCache: { enabled: false },
  lokiCanary: { enabled: false },
  test: { enabled: false },
  ruler: { enabled: false },
  sidecar: { rules: { enabled: false } },
  podDisruptionBudget: { enabled: false },
  rbac: { namespaced: true },
  ...Object.fromEntries(["backend", "read", "write"].map((part) => [part, { replicas: 0 }])),
};

/**
 * Values of the chart loki 18.11.0: one process that keeps all on one volume. It is a cluster of one, so it looks for no others, and it tells
 * its makers nothing.
 *
 * @see https://github.com/grafana-community/helm-charts/blob/loki-18.11.0/charts/loki/values.yaml
 * @see https://github.com/grafana/loki/blob/v3.7.6/cmd/loki/loki-local-config.yaml
 */
export function lokiValues(
  { releaseName }: Pick<Place, "releaseName">,
  { retention, volume, storageClass, resources }: LokiSettings,
): Values {
  return {
    ...WITHOUT,
    deploymentMode: "Monolithic",
    fullnameOverride: releaseName,
    // It asks the API for nothing.
    serviceAccount: { automountServiceAccountToken: false },
    defaults: { automountServiceAccountToken: false, enableServiceLinks: false },
    singleBinary: {
      replicas: 1,
      resources: resourceValues(resources),
      persistence: { enabled: true, size: quantity(volume), storageClass },
    },
    loki: {
      auth_enabled: false,
      analytics: { reporting_enabled: false },
      server: { http_listen_port: LOKI_PORT, log_level: "warn" },
      storage: { type: "filesystem" },
      commonConfig: {
        replication_factor: 1,
        instance_addr: "127.0.0.1",
        ring: { kvstore: { store: "inmemory" } },
        compactor_grpc_address: "127.0.0.1:9095",
      },
      memberlistConfig: { join_members: [] },
      schemaConfig: {
        configs: [
          {
            from: SCHEMA_FROM,
            store: "tsdb",
            object_store: "filesystem",
            schema: "v13",
            index: { prefix: "index_", period: "24h" },
          },
        ],
      },
      compactor: { retention_enabled: true, delete_request_store: "filesystem" },
      limits_config: {
        retention_period: retention.period,
        // What is older would be deleted as soon as it is there.
        reject_old_samples: true,
        reject_old_samples_max_age: retention.period,
        ingestion_rate_mb: retention.rateMebibytes,
        ingestion_burst_size_mb: retention.burstMebibytes,
        max_line_size_truncate: true,
        // One label less: it would say what `container` says.
        discover_service_name: [],
      },
      ingester: {
        max_chunk_age: CHUNK_AGE,
        // What is read back at a start; the default is four gigabytes.
        wal: { flush_on_shutdown: true, replay_memory_ceiling: `${Math.floor(resources.memoryLimit.toMebibytes() / 2)}MB` },
      },
      querier: { max_concurrent: 2, query_ingesters_within: ASKED_INGESTER },
    },
  };
}

/** Values that depend on what else is in the app. */
export function lateLokiValues(prometheus: Place | undefined): Values {
  // Its kind is one of the operator's definitions: without these there could be none.
  return { monitoring: { serviceMonitor: { enabled: prometheus !== undefined, interval: "60s" } } };
}
