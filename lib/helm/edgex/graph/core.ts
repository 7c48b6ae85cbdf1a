import { edgexImage } from "../images";
import type { EdgeXSettings } from "../settings";
import { COMMAND, DATA, METADATA, POSTGRES, urlOf } from "./addresses";
import { edgexService } from "./edgex-service";
import type { ServiceNode, Talk } from "./service-node";

/** Override that tells where metadata is, for configurations of images, which look for it on the same machine. */
const METADATA_HOST = { CLIENTS_CORE_METADATA_HOST: METADATA.service };

/**
 * Ends once metadata answers. core-data asks core-keeper for its address once and ends where it is not there yet, which Kubernetes would answer with
 * longer and longer waits (internal/core/data/init.go).
 */
const WAIT_FOR_METADATA = `trap 'exit 143' TERM INT
until timeout 10 wget -q -O /dev/null ${urlOf(METADATA)}/api/v3/ping 2>/dev/null; do
  sleep 2
done`;

/**
 * core-metadata: devices, profiles, device services.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-metadata/res/configuration.yaml
 */
export function metadataNode({ profile, logLevel }: EdgeXSettings): ServiceNode {
  return edgexService({
    address: METADATA,
    purpose: "devices, profiles and device services",
    image: edgexImage("core-metadata"),
    resources: profile.service,
    logLevel,
    talksTo: [POSTGRES],
  });
}

/**
 * core-data: keeps events and readings for a time.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-data/res/configuration.yaml
 */
export function dataNode({ profile, logLevel }: EdgeXSettings): ServiceNode {
  const node = edgexService({
    address: DATA,
    purpose: "keeps events and readings",
    image: edgexImage("core-data"),
    resources: profile.service,
    logLevel,
    env: { ...METADATA_HOST, RETENTION_DEFAULTDURATION: `${Math.round(profile.dataRetention.toSeconds() / 3600)}h` },
    talksTo: [POSTGRES, METADATA],
  });
  return { ...node, init: [{ name: "wait-for-metadata", command: ["/bin/sh", "-c", WAIT_FOR_METADATA] }] };
}

/**
 * core-command: brings commands to device services, by HTTP at the address that each told metadata.
 *
 * @param settings settings of the EdgeX
 * @param deviceServices where its device services are
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/internal/core/command/application/command.go
 */
export function commandNode({ profile, logLevel }: EdgeXSettings, deviceServices: readonly Talk[]): ServiceNode {
  return edgexService({
    address: COMMAND,
    purpose: "commands to devices",
    image: edgexImage("core-command"),
    resources: profile.service,
    logLevel,
    env: METADATA_HOST,
    talksTo: [METADATA, ...deviceServices],
  });
}
