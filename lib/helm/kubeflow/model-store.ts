import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import type { Size } from "../../units";

/** Properties of a {@link ModelStore}. */
export interface ModelStoreProps {
  /** Name of the store, and of its claim. */
  readonly name: string;
  /** Size of its volume, which stays as it is: `microk8s-hostpath` lets none grow, so a larger one is a store of another name. */
  readonly size: Size;
}

/**
 * A volume that training runs write to and models are read from. It is of the class `microk8s-hostpath`: on the disk of the node that it was
 * first used on, which all that use it then run on.
 */
export class ModelStore {
  /** Name of the store, and of its claim. */
  public readonly name: string;

  /** Size of its volume. */
  public readonly size: Size;

  /** Storage class of its volume. */
  public readonly storageClass = HOSTPATH_STORAGE_CLASS;

  /** @internal */
  public constructor({ name, size }: ModelStoreProps) {
    this.name = name;
    this.size = size;
  }
}
