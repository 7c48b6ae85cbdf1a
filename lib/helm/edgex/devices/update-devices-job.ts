import { Size } from "../../../units";
import { METADATA, urlOf } from "../graph/addresses";
import type { JobNode } from "../graph/service-node";
import { profilesOf } from "./collections";
import type { Device } from "./device";
import type { DeviceProfile } from "./device-profile";
import { CONFIG_MAP_BYTES, bytesOf } from "./device-files";
import { jsonText } from "./json-text";

/** Image of the job: the command line of curl. */
export const CURL_IMAGE = "docker.io/curlimages/curl:8.14.1";

const UPDATES_DIR = "/edgex/updates";

/**
 * What brings devices and profiles that are there to what the code says: a device service adds what is not there, and leaves what is there as it is.
 * For each it waits until it is there, and none waits for another. What is no longer in code stays. Whether a device is locked, or down, is not touched.
 *
 * @param devices all devices
 * @param profiles profiles beside those of the devices
 * @returns nothing where there is neither a device nor a profile
 * @see https://docs.edgexfoundry.org/4.0/api/core/Ch-APICoreMetadata/
 */
export function updateDevicesJob(devices: readonly Device[], profiles: readonly DeviceProfile[] = []): JobNode | undefined {
  const declared = profilesOf(devices, profiles).filter(({ isFromImage }) => !isFromImage);
  const requests = [
    ...declared.map((profile) => ({
      file: "profile",
      method: "PUT",
      exists: `/api/v3/deviceprofile/name/${encodeURIComponent(profile.name)}`,
      path: "/api/v3/deviceprofile",
      body: { apiVersion: "v3", profile: profile.toObject() },
    })),
    ...devices.map((device) => ({
      file: "device",
      method: "PATCH",
      exists: `/api/v3/device/name/${encodeURIComponent(device.name)}`,
      path: "/api/v3/device",
      body: { apiVersion: "v3", device: wholeDevice(device) },
    })),
  ].map(({ file: kind, method, exists, path, body }, index) => {
    const file = `${kind}-${String(index + 1).padStart(4, "0")}.json`;
    return { file, step: `${method} ${exists} ${path} ${file}\n`, text: jsonText([body]) };
  });
  if (requests.length === 0) {
    return undefined;
  }
  return {
    name: "edgex-update-devices",
    purpose: "brings devices and profiles that are there to what the code says",
    image: CURL_IMAGE,
    command: ["/bin/sh", "-c", SCRIPT],
    resources: { cpuMillis: 10, memory: Size.mebibytes(16), memoryLimit: Size.mebibytes(64) },
    files: chunksOf(requests).map((chunk, index) => ({
      // In the order of their names: profiles come before devices that have them.
      path: `${UPDATES_DIR}/${String(index + 1).padStart(3, "0")}`,
      files: {
        steps: chunk.map(({ step }) => step).join(""),
        ...Object.fromEntries(chunk.map(({ file, text }) => [file, text])),
      },
    })),
    talksTo: [METADATA],
  };
}

interface Step {
  readonly file: string;
  readonly step: string;
  readonly text: string;
}

/** Steps in as many parts as ConfigMaps are needed for them. */
function chunksOf(steps: readonly Step[]): Step[][] {
  const chunks: Step[][] = [];
  let room = 0;
  for (const one of steps) {
    const bytes = bytesOf({ [one.file]: one.text, steps: one.step });
    if (chunks.length === 0 || bytes > room) {
      chunks.push([]);
      room = CONFIG_MAP_BYTES;
    }
    chunks[chunks.length - 1].push(one);
    room -= bytes;
  }
  return chunks;
}

/** A device with all that a change may take away: core-metadata leaves what a request does not name. A place can be changed, not taken away. */
function wholeDevice(device: Device): Record<string, unknown> {
  const object = device.toObject();
  return {
    ...object,
    parent: object.parent ?? "",
    description: object.description ?? "",
    labels: object.labels ?? [],
    autoEvents: object.autoEvents ?? [],
    tags: object.tags ?? {},
  };
}

/** Each answer names a state of its own: that of the request is 207 whatever came of it. */
const SCRIPT = `set -u
metadata=${urlOf(METADATA)}
end=$(( $(date +%s) + 1500 ))
finished=' '
while :; do
  left=''
  for folder in ${UPDATES_DIR}/*; do
    while read -r method exists path file; do
      case "$finished" in *" $file "*) continue ;; esac
      if ! curl -fsS -m 10 -o /dev/null "$metadata$exists" 2>/dev/null; then
        left="$left$exists is not there
"
        continue
      fi
      answer=$(curl -sS -m 30 -X "$method" -H 'Content-Type: application/json' --data-binary "@$folder/$file" "$metadata$path" 2>&1)
      case "$answer" in
        *'"statusCode":200'*) echo "$method $exists"; finished="$finished$file " ;;
        *) left="$left$method $exists: $answer
" ;;
      esac
    done < "$folder/steps"
  done
  if [ -z "$left" ]; then exit 0; fi
  if [ "$(date +%s)" -ge "$end" ]; then printf '%s' "$left"; exit 1; fi
  sleep 3
done
`;
