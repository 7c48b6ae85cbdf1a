import { Size } from "../../../units";
import { requests } from "../../resources";
import { appServiceNode } from "../exports/app-service";
import { functionsOf } from "../exports/event-filter";
import type { ServiceNode } from "../graph/service-node";

/**
 * Makes metrics for Prometheus of what InfluxDB would be told.
 * @see https://github.com/prometheus/influxdb_exporter
 */
export const INFLUXDB_EXPORTER_IMAGE = "docker.io/prom/influxdb-exporter:v0.12.1";

/** Port of the exporter, of what is written to it and of what Prometheus reads. */
export const METRICS_PORT = 9122;

/** Name of the exporter. */
const EXPORTER = "edgex-metrics";

/** Port of the application service, as the project documents it for this kind. */
const PORT = 59707;

/** User `nobody` of the image. */
const NOBODY = { uid: 65534, gid: 65534 };

/**
 * The way of EdgeX' telemetry to Prometheus: EdgeX has no endpoint for it, and tells it on its message bus. An application service writes it as
 * InfluxDB's line protocol, as the project has it, and an exporter makes metrics of the lines.
 *
 * Each line is sent alone: one that the exporter cannot read, such as of a topic with an equals sign, would cost all of a batch. What is not
 * taken is not kept, since the next one comes in half a minute. EdgeX does not escape names in lines: a device whose name has a space, a comma or an
 * equals sign has no metrics of its own.
 *
 * @see https://github.com/edgexfoundry/app-service-configurable/blob/v4.0.1/res/metrics-influxdb/configuration.yaml
 * @see https://docs.edgexfoundry.org/4.0/microservices/general/#service-metrics
 */
export function metricsNodes(): ServiceNode[] {
  return [
    appServiceNode({
      key: "app-metrics",
      purpose: "takes telemetry from the message bus to the exporter",
      port: PORT,
      configuration: {
        Writable: {
          StoreAndForward: { Enabled: false, RetryInterval: "5m", MaxRetryCount: 10 },
          Pipeline: {
            TargetType: "metric",
            ExecutionOrder: "ToLineProtocol, HTTPExport",
            Functions: functionsOf([
              ["ToLineProtocol", { Tags: "" }],
              [
                "HTTPExport",
                {
                  Method: "post",
                  MimeType: "text/plain",
                  Url: `http://${EXPORTER}:${METRICS_PORT}/api/v2/write`,
                  PersistOnError: "false",
                  ContinueOnSendError: "false",
                  ReturnInputData: "false",
                },
              ],
            ]),
          },
          // Telemetry about telemetry would go round.
          Telemetry: { Interval: "0s" },
        },
        Trigger: { SubscribeTopics: "telemetry/#" },
      },
      talksTo: [{ service: EXPORTER, port: METRICS_PORT }],
    }),
    {
      name: EXPORTER,
      purpose: "makes metrics for Prometheus of telemetry",
      image: INFLUXDB_EXPORTER_IMAGE,
      args: [`--web.listen-address=:${METRICS_PORT}`, "--influxdb.sample-expiry=5m"],
      ports: [{ name: "http", port: METRICS_PORT }],
      probe: { http: { path: "/health", port: METRICS_PORT } },
      resources: { ...requests(10, 24), memoryLimit: Size.mebibytes(96) },
      user: NOBODY,
      talksTo: [],
      metrics: { port: METRICS_PORT, path: "/metrics" },
    },
  ];
}
