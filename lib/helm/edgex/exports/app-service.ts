import type { ContainerResources } from "../../prometheus/resources";
import { requests } from "../../resources";
import { Size } from "../../../units";
import { mergeValues, type Values } from "../../values";
import { BROKER, KEEPER, METADATA, POSTGRES } from "../graph/addresses";
import { CONFIG_DIR_ARG, CONFIG_FILE, CONFIG_PROVIDER_ARG, OPEN_MODE_ENV, REGISTRY_ARG } from "../graph/edgex-service";
import type { Outside, ServiceNode, ServiceSecret, Talk } from "../graph/service-node";

/**
 * Image of the application services that are made of configuration alone.
 * @see https://github.com/edgexfoundry/app-service-configurable/tree/v4.0.1
 */
export const APP_SERVICE_IMAGE = "docker.io/edgexfoundry/app-service-configurable:4.0.1";

/** What each application service needs: where configuration is, the bus, and metadata, whose version it compares with its own. */
const NEEDS: readonly Talk[] = [KEEPER, BROKER, METADATA];

/** An application service. */
export interface AppService {
  /** Key of the service, its name in EdgeX, such as `app-mqtt-export-region`; behind `edgex-` it is the name of the Deployment. */
  readonly key: string;
  readonly purpose: string;
  /** Port of its API. */
  readonly port: number;
  /** Its configuration beside what each has, laid over it. */
  readonly configuration: Values;
  readonly resources?: ContainerResources;
  /** Whether it keeps data in the database. @default false */
  readonly usesDatabase?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly talksTo?: readonly Talk[];
  readonly outbound?: readonly Outside[];
  readonly secrets?: readonly ServiceSecret[];
}

/**
 * What an application service asks for: Go, with the events that are on their way; what is kept for later is read whole at each try.
 */
const RESOURCES: ContainerResources = { ...requests(20, 32), memoryLimit: Size.mebibytes(256) };

/**
 * An application service of EdgeX with a configuration that is whole: overrides in the environment cannot add keys, and are logged.
 *
 * @param service what is its own
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/services/AppServiceConfigurable/
 */
export function appServiceNode(service: AppService): ServiceNode {
  const { key, purpose, port, usesDatabase = false } = service;
  const name = `edgex-${key}`;
  const configuration = mergeValues(
    {
      Writable: { LogLevel: "INFO" },
      Service: { Host: name, Port: port, StartupMsg: `${key} has started` },
      MessageBus: { Optional: { ClientId: key } },
    },
    service.configuration,
  );
  return {
    name,
    purpose,
    image: APP_SERVICE_IMAGE,
    args: [CONFIG_PROVIDER_ARG, REGISTRY_ARG, CONFIG_DIR_ARG, `-sk=${key}`],
    env: { ...OPEN_MODE_ENV, ...service.env },
    ports: [{ name: "http", port }],
    probe: { http: { path: "/api/v3/ping", port } },
    resources: service.resources ?? RESOURCES,
    waitsForConfiguration: true,
    configuration: { [CONFIG_FILE]: configuration },
    secrets: service.secrets,
    // Data is kept in the database until an endpoint takes it.
    talksTo: [...NEEDS, ...(usesDatabase ? [POSTGRES] : []), ...(service.talksTo ?? [])],
    outbound: service.outbound,
  };
}
