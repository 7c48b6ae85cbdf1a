import { edgexImage } from "../images";
import type { EdgeXSettings } from "../settings";
import { COMMAND, DATA, KEEPER, KUIPER, METADATA, NOTIFICATIONS, SCHEDULER, UI } from "./addresses";
import type { ServiceNode } from "./service-node";

/**
 * The web interface. The configuration of its image still names Consul, and the port that the scheduler had before EdgeX 4.0.
 * @see https://github.com/edgexfoundry/edgex-ui-go/blob/v4.0.1/cmd/edgex-ui-server/res/docker/configuration.yaml
 */
export function uiNode({ profile, logLevel }: EdgeXSettings): ServiceNode {
  const { coreData, notifications, scheduler, rulesEngine } = profile;
  return {
    name: UI.service,
    purpose: "web interface",
    image: edgexImage("edgex-ui"),
    env: {
      EDGEX_SECURITY_SECRET_STORE: "false",
      SERVICE_HOST: UI.service,
      SERVICE_SERVERBINDADDR: "0.0.0.0",
      WRITABLE_LOGLEVEL: logLevel,
      REGISTRY_HOST: KEEPER.service,
      REGISTRY_PORT: String(KEEPER.port),
      REGISTRY_TYPE: "keeper",
      REGISTRY_SERVICEVERSION: "v4",
      CLIENTS_SUPPORT_SCHEDULER_PORT: String(SCHEDULER.port),
    },
    ports: [{ name: "http", port: UI.port }],
    probe: { http: { path: "/api/v3/ping", port: UI.port } },
    resources: profile.service,
    talksTo: [
      KEEPER,
      METADATA,
      COMMAND,
      ...(coreData ? [DATA] : []),
      ...(notifications ? [NOTIFICATIONS] : []),
      ...(scheduler ? [SCHEDULER] : []),
      ...(rulesEngine ? [KUIPER] : []),
    ],
  };
}
