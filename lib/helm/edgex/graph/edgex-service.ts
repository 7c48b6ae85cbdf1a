import type { ContainerResources } from "../../prometheus/resources";
import type { Values } from "../../values";
import { BROKER, KEEPER, urlOf } from "./addresses";
import type { ServiceNode, Talk } from "./service-node";

/** Directory that a configuration of ours is in, for a service whose image has none that fits. */
export const CONFIG_DIR = "/edgex/config";

/** Name of the file in it. */
export const CONFIG_FILE = `${CONFIG_DIR}/configuration.yaml`;

/** Argument that has a service read {@link CONFIG_FILE}. */
export const CONFIG_DIR_ARG = `-cd=${CONFIG_DIR}`;

/**
 * Argument that has a service take its configuration from core-keeper.
 * @see https://docs.edgexfoundry.org/4.0/microservices/configuration/CommonCommandLineOptions/
 */
export const CONFIG_PROVIDER_ARG = `-cp=keeper.${urlOf(KEEPER)}`;

/** Argument that has a service tell core-keeper where it is; core-keeper then looks after its health. */
export const REGISTRY_ARG = "--registry";

/**
 * Environment of everything of EdgeX: no secret store, since this is the open mode; ten minutes to find the others, since images come over the link
 * of a site; and its configuration as the code has it, whatever was changed while it ran.
 * @see https://docs.edgexfoundry.org/4.0/microservices/configuration/CommonEnvironmentVariables/
 */
export const OPEN_MODE_ENV = {
  EDGEX_SECURITY_SECRET_STORE: "false",
  EDGEX_STARTUP_DURATION: "600",
  EDGEX_OVERWRITE_CONFIG: "true",
} as const;

/**
 * Environment of a service of the core: {@link OPEN_MODE_ENV}, a try every three seconds, since all of them start at once, and its name.
 *
 * @param host name of the service
 */
export function commonEnv(host: string): Record<string, string> {
  const { EDGEX_OVERWRITE_CONFIG, ...others } = OPEN_MODE_ENV;
  return { ...others, EDGEX_STARTUP_INTERVAL: "3", EDGEX_OVERWRITE_CONFIG, SERVICE_HOST: host };
}

/** What sets a service of EdgeX apart from the others. */
export interface EdgeXServiceProps extends Pick<ServiceNode, "purpose" | "image" | "talksTo" | "waitsForConfiguration"> {
  /** Name and port. */
  readonly address: Talk;
  /** Requests and limits. */
  readonly resources: ContainerResources;
  /** What it logs. */
  readonly logLevel: string;
  /** Whole configuration, in place of that of the image. @default - that of the image */
  readonly configuration?: Values;
  /** Overrides of what the configuration of the image has. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - those of a service that has its configuration from core-keeper */
  readonly args?: readonly string[];
}

/**
 * A service as the core and the support services of EdgeX are: HTTP with `/api/v3/ping`, configuration from core-keeper, and on the bus.
 * @see https://docs.edgexfoundry.org/4.0/microservices/core/Ch-CoreServices/
 */
export function edgexService({
  address: { service: name, port },
  configuration,
  logLevel,
  env,
  args = [CONFIG_PROVIDER_ARG, REGISTRY_ARG],
  talksTo,
  waitsForConfiguration = true,
  ...rest
}: EdgeXServiceProps): ServiceNode {
  return {
    ...rest,
    name,
    args: [...args, ...(configuration ? [CONFIG_DIR_ARG] : [])],
    env: { ...commonEnv(name), ...(configuration ? {} : { WRITABLE_LOGLEVEL: logLevel }), ...env },
    ports: [{ name: "http", port }],
    probe: { http: { path: "/api/v3/ping", port } },
    waitsForConfiguration,
    configuration: configuration && { [CONFIG_FILE]: configuration },
    talksTo: [...(waitsForConfiguration ? [KEEPER] : []), BROKER, ...talksTo],
  };
}
