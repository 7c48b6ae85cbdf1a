import { quantity } from "../../microk8s/quantities";
import type { Size } from "../../units";
import type { Values } from "../values";

/**
 * A volume as the operator's objects ask for it.
 *
 * @param storageClassName its class
 * @param size its size
 * @see https://prometheus-operator.dev/docs/platform/storage/
 */
export function volumeClaim(storageClassName: string, size: Size): Values {
  return {
    volumeClaimTemplate: {
      spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: quantity(size) } } },
    },
  };
}
