import type { Values } from "../../values";
import type { Outside } from "../graph/service-node";
import { functionsOf, type PipelineStep } from "./event-filter";
import { EVENT_TOPICS, storeAndForwardValues, type ExportOptions } from "./pipeline";

/** An endpoint as a step of a pipeline. */
export interface ExportEndpoint {
  /** The last step of its pipeline. */
  readonly step: PipelineStep;
  /** Name by which the step knows its secrets. */
  readonly secret: string;
  /** The secrets, as places of keys of Kubernetes Secrets; none where it has none. */
  readonly data: Values;
  /** What is let out for it. */
  readonly outside: Outside;
  /** Whether its topic or URL is filled in with what the event is of. */
  readonly hasPlaceholders: boolean;
}

/**
 * The configuration of an export. Each endpoint has a pipeline of its own: in one after another, as the project's examples have them, an endpoint
 * that does not answer keeps data from those after it, or what it did not take is lost, since EdgeX either goes on or keeps.
 *
 * @param path name of the export, for the errors
 * @param options what is exported
 * @param before steps in front of the endpoint
 * @param endpoints where it goes
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/services/AppServiceConfigurable/#pipeline-per-topics
 * @see https://github.com/edgexfoundry/app-functions-sdk-go/blob/v4.0.1/pkg/transforms/http.go
 */
export function exportConfiguration(
  path: string,
  options: ExportOptions,
  before: readonly PipelineStep[],
  endpoints: readonly ExportEndpoint[],
): Values {
  const { events = "all", logLevel = "INFO", storeAndForward } = options;
  const topics = EVENT_TOPICS[events];
  const pipelines = endpoints.map(({ step: [last], secret: Id }) => [
    Id,
    { Id, Topics: topics, ExecutionOrder: [...before.map(([name]) => name), last].join(", ") },
  ]);
  const secrets = endpoints.filter(({ data }) => Object.keys(data).length > 0);
  return {
    Writable: {
      LogLevel: logLevel,
      StoreAndForward: storeAndForwardValues(path, storeAndForward),
      Pipeline: {
        TargetType: "event",
        ExecutionOrder: "",
        PerTopicPipelines: Object.fromEntries(pipelines),
        Functions: functionsOf([...before, ...endpoints.map(({ step }) => step)]),
      },
      ...(secrets.length === 0
        ? {}
        : { InsecureSecrets: Object.fromEntries(secrets.map(({ secret, data }) => [secret, { SecretName: secret, SecretData: data }])) }),
      // Each text that the placeholders become is a metric of its own, with the same numbers: six of a size are too many.
      ...(endpoints.some(({ hasPlaceholders }) => hasPlaceholders)
        ? { Telemetry: { Metrics: { HttpExportSize: false, MqttExportSize: false } } }
        : {}),
    },
    Trigger: { SubscribeTopics: topics },
  };
}
