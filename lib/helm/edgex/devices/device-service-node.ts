import { MecError } from "../../../errors";
import { Size } from "../../../units";
import type { ContainerResources } from "../../prometheus/resources";
import { KEEPER, METADATA } from "../graph/addresses";
import { CONFIG_DIR_ARG, CONFIG_FILE, CONFIG_PROVIDER_ARG, OPEN_MODE_ENV, REGISTRY_ARG } from "../graph/edgex-service";
import type { ServiceFiles, ServiceNode } from "../graph/service-node";
import { profilesOf } from "./collections";
import type { Device } from "./device";
import { CONFIG_MAP_BYTES, DEVICES_DIR, bytesOf, deviceFiles, profileFiles, profileMount } from "./device-files";
import { outboundOf } from "./device-network";
import type { DeviceProfile } from "./device-profile";
import { BUS_BROKER, type BusBroker, type ConfiguredService } from "./device-service-configuration";
import type { DeviceServiceKind } from "./device-service-kinds";
import type { DeviceServiceOptions } from "./device-service-options";
import type { DeviceServiceSpecial } from "./device-service-special";

/** What a node of a device service is made from, beside the service itself. */
export interface DeviceServiceContext {
  /** All devices; those of other services are left out. */
  readonly devices: readonly Device[];
  /**
   * Profiles that it loads beside those of its devices, for devices that are added at run time.
   * @default - none
   */
  readonly profiles?: readonly DeviceProfile[];
  /**
   * EdgeX' own broker.
   * @default - as the chart has it
   */
  readonly broker?: BusBroker;
  /**
   * Name of the site: brokers tell clients of several sites apart by it.
   * @default - none
   */
  readonly site?: string;
}

/** What a device service is, beside its devices. */
export interface DeviceServiceParts {
  /** Name of the Deployment. */
  readonly name: string;
  /** Name that it registers by. */
  readonly serviceKey: string;
  /** Port of its API. */
  readonly port: number;
  /** Image with its tag. */
  readonly image: string;
  readonly kind: DeviceServiceKind;
  readonly options: DeviceServiceOptions;
  readonly special: DeviceServiceSpecial;
}

/** What a service asks for unless it is told otherwise. */
const RESOURCES: ContainerResources = { cpuMillis: 20, memory: Size.mebibytes(48), memoryLimit: Size.mebibytes(160) };

/**
 * A device service as a node of the graph.
 *
 * @param service the service
 * @param devices its devices
 * @param context what they need
 * @throws {MecError} MEC1490 for two profiles of one name that are not the same, MEC1492 for more devices or profiles than a ConfigMap holds
 */
export function deviceServiceNode(service: DeviceServiceParts, devices: readonly Device[], context: DeviceServiceContext): ServiceNode {
  const { name, serviceKey, port, image, kind, options, special } = service;
  const bus = context.broker ?? BUS_BROKER;
  const profiles = profilesOf(devices, context.profiles ?? []);
  const declared = profiles.filter(({ isFromImage }) => !isFromImage);
  const mount = profileMount(declared.length > 0, special.searches === true || profiles.some(({ isFromImage }) => isFromImage));
  const devicesDir = devices.length === 0 ? "" : DEVICES_DIR;
  const configured: ConfiguredService = {
    name,
    serviceKey,
    port,
    logLevel: options.logLevel,
    profilesDir: mount.profilesDir,
    devicesDir,
    site: context.site,
  };
  const endpoints = [...devices.flatMap(({ protocols }) => protocols.reachedAt), ...(special.endpoints ?? [])];
  const outbound = [...outboundOf(name, options.networks ?? [], kind.devicePorts, endpoints), ...(special.outbound ?? [])];
  return {
    name,
    purpose: kind.purpose,
    image,
    args: [
      CONFIG_PROVIDER_ARG,
      REGISTRY_ARG,
      ...(options.instance === undefined ? [] : [`--instance=${options.instance}`]),
      ...(special.configuration === undefined ? [] : [CONFIG_DIR_ARG]),
      // The SDK for C reads no EDGEX_OVERWRITE_CONFIG; with this it reads its own file alone.
      ...(kind.isC === true ? ["-o"] : []),
      ...(special.args ?? []),
    ],
    env: {
      SERVICE_HOST: name,
      ...OPEN_MODE_ENV,
      ...(special.configuration === undefined ? overridesOf(configured, options) : {}),
      ...special.env,
    },
    ports: [{ name: "http", port }, ...(special.ports ?? [])],
    probe: { http: { path: "/api/v3/ping", port } },
    resources: options.resources ?? special.resources ?? RESOURCES,
    waitsForConfiguration: true,
    ...(special.configuration === undefined ? {} : { configuration: { [CONFIG_FILE]: special.configuration(configured, bus) } }),
    files: fitting(name, [...profileFiles(mount, declared), ...deviceFiles(devices)]),
    ...(mount.volumes.length === 0 ? {} : { volumes: mount.volumes, init: mount.init }),
    talksTo: [KEEPER, METADATA, { service: bus.host, port: bus.port }],
    ...(outbound.length === 0 ? {} : { outbound }),
    ...((special.inbound ?? []).length === 0 ? {} : { inbound: special.inbound }),
  };
}

/** What the private configuration of an image is told by environment: each of the keys is in it. */
function overridesOf({ profilesDir, devicesDir, serviceKey }: ConfiguredService, options: DeviceServiceOptions): Record<string, string> {
  return {
    // Empty, none is loaded; as the image has it, its examples would be there for real.
    DEVICE_PROFILESDIR: profilesDir,
    DEVICE_DEVICESDIR: devicesDir,
    ...(options.instance === undefined ? {} : { MESSAGEBUS_OPTIONAL_CLIENTID: serviceKey }),
    ...(options.logLevel === undefined ? {} : { WRITABLE_LOGLEVEL: options.logLevel }),
  };
}

/** Refuses what no ConfigMap holds, which Kubernetes would say at the end of a deploy. */
function fitting(path: string, files: readonly ServiceFiles[]): readonly ServiceFiles[] {
  for (const { path: folder, files: texts } of files) {
    const bytes = bytesOf(texts);
    if (bytes > CONFIG_MAP_BYTES) {
      throw new MecError(
        "MEC1492",
        path,
        `got ${bytes} bytes of ${folder === DEVICES_DIR ? "devices" : "profiles"}: a ConfigMap holds ${CONFIG_MAP_BYTES}, so write a second instance of the service and put some of the devices there`,
      );
    }
  }
  return files;
}
