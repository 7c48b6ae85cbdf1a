import type { CommonConfiguration } from "../common-configuration";
import { DATABASE, messageBus, SERVICE_DEFAULTS } from "../common-configuration";
import { busCredentials, databaseCredentials } from "../credentials";
import { edgexImage } from "../images";
import type { EdgeXSettings } from "../settings";
import { KEEPER, POSTGRES } from "./addresses";
import { commonEnv, CONFIG_DIR_ARG, CONFIG_FILE, CONFIG_PROVIDER_ARG, edgexService } from "./edgex-service";
import type { JobNode, ServiceNode } from "./service-node";

/**
 * core-keeper: configuration and registry of all services. It is the one that has its own configuration from a file.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-keeper/res/configuration.yaml
 */
export function keeperNode({ profile, secrets, logLevel }: EdgeXSettings): ServiceNode {
  return edgexService({
    address: KEEPER,
    purpose: "configuration and registry",
    image: edgexImage("core-keeper"),
    resources: profile.service,
    logLevel,
    args: [],
    waitsForConfiguration: false,
    configuration: {
      Writable: {
        LogLevel: logLevel,
        InsecureSecrets: { ...databaseCredentials(secrets), ...busCredentials(secrets) },
        Telemetry: { Interval: "30s" },
      },
      Service: { ...SERVICE_DEFAULTS, Host: KEEPER.service, Port: KEEPER.port, StartupMsg: "core-keeper" },
      Database: DATABASE,
      MessageBus: withClient(messageBus("edgex/configs"), "core-keeper"),
    },
    talksTo: [POSTGRES],
  });
}

/**
 * The job that has core-keeper take over the configuration that all services share. The entry point of its image would never end, so that the
 * program itself is run.
 *
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-common-config-bootstrapper/entrypoint.sh
 */
export function bootstrapperJob({ profile }: EdgeXSettings, { values }: CommonConfiguration): JobNode {
  const name = "edgex-core-common-config-bootstrapper";
  return {
    name,
    purpose: "writes the configuration that all services share",
    image: edgexImage("core-common-config-bootstrapper"),
    command: ["/core-common-config-bootstrapper"],
    args: [CONFIG_PROVIDER_ARG, "-o", CONFIG_DIR_ARG],
    env: commonEnv(name),
    resources: profile.service,
    configuration: { [CONFIG_FILE]: values },
    talksTo: [KEEPER],
  };
}

/** The settings of a bus with the name that a service has there. */
function withClient(bus: ReturnType<typeof messageBus>, client: string): ReturnType<typeof messageBus> {
  return { ...bus, Optional: { ...(bus.Optional as object), ClientId: client } };
}
