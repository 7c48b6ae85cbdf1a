import type { ServiceFiles, ServiceInit, ServiceVolume } from "../graph/service-node";
import type { Device } from "./device";
import type { DeviceProfile } from "./device-profile";
import { jsonText } from "./json-text";
import { fileName } from "./names";

/** Directory of the devices. */
export const DEVICES_DIR = "/edgex/devices";

/**
 * Bytes that a ConfigMap holds, with room for its names and labels.
 * @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
 */
export const CONFIG_MAP_BYTES = 1_000_000;

/** Bytes of files, with their names. */
export function bytesOf(files: Readonly<Record<string, string>>): number {
  return Object.entries(files).reduce((sum, [name, text]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text), 0);
}

const PROFILES_DIR = "/edgex/profiles";

/** Where declared profiles are mounted before they are put beside those of the image. */
const DECLARED_DIR = "/edgex/declared-profiles";

/** Where profiles of the image are. */
const IMAGE_DIR = "./res/profiles";

/** How a service gets at its profiles. */
export interface ProfileMount {
  /** Directory that it is told; empty for none. */
  readonly profilesDir: string;
  /** Directory that declared profiles are mounted at. */
  readonly declaredDir: string;
  /** What both kinds are put in. */
  readonly volumes: readonly ServiceVolume[];
  /** What puts them there. */
  readonly init: readonly ServiceInit[];
}

/**
 * How a service gets at its profiles: declared ones, those of its image, or both, which are put in one directory since it reads one.
 *
 * @param declared whether there are declared profiles
 * @param ofImage whether those of the image are needed
 */
export function profileMount(declared: boolean, ofImage: boolean): ProfileMount {
  if (declared && ofImage) {
    return {
      profilesDir: PROFILES_DIR,
      declaredDir: DECLARED_DIR,
      volumes: [{ name: "profiles", path: PROFILES_DIR, size: "16Mi" }],
      init: [{ name: "profiles", command: ["/bin/sh", "-c", `cp /res/profiles/*.* ${DECLARED_DIR}/*.json ${PROFILES_DIR}/`] }],
    };
  }
  return { profilesDir: declared ? PROFILES_DIR : ofImage ? IMAGE_DIR : "", declaredDir: PROFILES_DIR, volumes: [], init: [] };
}

/** Declared profiles as files, each of them one. */
export function profileFiles({ declaredDir }: ProfileMount, profiles: readonly DeviceProfile[]): readonly ServiceFiles[] {
  return filesOf(
    declaredDir,
    profiles.map((profile) => [fileName(profile.name, "json"), jsonText(profile.toObject())]),
  );
}

/**
 * Devices as a file. In JSON it is a list, for the SDK for Go as for that for C; states are those that the former sets anyway.
 * @see https://github.com/edgexfoundry/device-sdk-go/blob/v4.0.1/internal/provision/devices.go
 * @see https://github.com/edgexfoundry/device-sdk-c/blob/v4.0.0/src/c/service.c
 */
export function deviceFiles(devices: readonly Device[]): readonly ServiceFiles[] {
  const list = devices.map((device) => ({ ...device.toObject(), adminState: "UNLOCKED", operatingState: "UP" }));
  return filesOf(DEVICES_DIR, list.length === 0 ? [] : [["devices.json", jsonText(list)]]);
}

function filesOf(path: string, files: readonly (readonly [string, string])[]): readonly ServiceFiles[] {
  return files.length === 0 ? [] : [{ path, files: Object.fromEntries(files) }];
}
