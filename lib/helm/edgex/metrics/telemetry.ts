import type { Values } from "../../values";

/** Telemetry of device services that is worth a line. */
const DEVICE_METRICS = { EventsSent: true, ReadingsSent: true, LastConnected: true } as const;

/** Telemetry of application services that is worth a line. */
const APP_METRICS = {
  MessagesReceived: true,
  InvalidMessagesReceived: true,
  PipelineMessagesProcessed: true,
  PipelineMessageProcessingTime: true,
  PipelineProcessingErrors: true,
  HttpExportSize: true,
  HttpExportErrors: true,
  MqttExportSize: true,
  MqttExportErrors: true,
  StoreForwardQueueSize: true,
} as const;

/**
 * What is laid over the common configuration so that services tell their telemetry on the message bus.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-common-config-bootstrapper/res/configuration.yaml
 * @see https://docs.edgexfoundry.org/4.0/microservices/general/#service-metrics
 */
export function telemetrySettings(): Values {
  return {
    "all-services": { Writable: { Telemetry: { Interval: "30s" } } },
    "app-services": { Writable: { Telemetry: { Metrics: APP_METRICS } } },
    "device-services": { Writable: { Telemetry: { Metrics: DEVICE_METRICS } } },
  };
}

/**
 * Environment of core-data, whose own configuration has its telemetry, so that it tells it too.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-data/res/configuration.yaml
 */
export const CORE_DATA_TELEMETRY: Readonly<Record<string, string>> = {
  WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED: "true",
  WRITABLE_TELEMETRY_METRICS_READINGSPERSISTED: "true",
};
