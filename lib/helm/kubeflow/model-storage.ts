import { Token } from "cdktf";
import { MecError, got } from "../../errors";
import { secretName } from "../names";
import type { ModelStore } from "./model-store";

/** Where a model is read from when it starts. */
export class ModelStorage {
  /**
   * A folder of a store of the same construct, which is mounted as it is.
   *
   * @param store what `addStore` gave
   * @param folder the folder in it
   * @throws {MecError} MEC1504 for a folder that leads out of the store
   */
  public static store(store: ModelStore, folder: string): ModelStorage {
    return new ModelStorage(`pvc://${store.name}/${folderIn(folder)}`, { store });
  }

  /**
   * A folder of a claim that is there already, in the namespace of the models, which is mounted as it is.
   *
   * @param claim name of the PersistentVolumeClaim
   * @param folder the folder in it
   * @throws {MecError} MEC1504 for what is no name of a claim, and a folder that leads out of it
   */
  public static claim(claim: string, folder: string): ModelStorage {
    if (!/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(claim)) {
      throw new MecError(
        "MEC1504",
        "ModelStorage.claim",
        `${got(claim)} as claim: it is the name of a PersistentVolumeClaim, so write for example "models"`,
      );
    }
    return new ModelStorage(`pvc://${claim}/${folderIn(folder)}`);
  }

  /**
   * Objects of a bucket of S3, which are read when a pod of the model starts. Pods have no instance metadata, and so no role: the credentials are
   * in a Secret with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, in the namespace of the models.
   *
   * @param uri `s3://bucket/prefix`
   * @param secret name of the Secret, which exists already. Annotations of it (`serving.kserve.io/s3-endpoint`, …) name another endpoint
   * @param port where that endpoint is reached: the model is let out to it alone. @default 443
   * @throws {MecError} MEC1504 for what is no such address or port, MEC1424 for what is no name of a Secret
   * @see https://kserve.github.io/website/docs/model-serving/storage/providers/s3
   */
  public static s3(uri: string, secret: string, port = 443): ModelStorage {
    if (!Token.isUnresolved(uri) && !/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^\s?#]+$/.test(uri)) {
      throw new MecError(
        "MEC1504",
        "ModelStorage.s3",
        `${got(uri)}: it is a bucket and the prefix of the model's objects, so write for example "s3://models/iris"`,
      );
    }
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
      throw new MecError(
        "MEC1504",
        "ModelStorage.s3",
        `${got(port)} as port: it is a whole number from 1 to 65535, so write for example 9000`,
      );
    }
    return new ModelStorage(uri, { secret: secretName("ModelStorage.s3", "secret", secret), ports: [port] });
  }

  /**
   * A file, or an archive (`.zip`, `.tar`, `.tar.gz`, `.tgz`), that is downloaded when a pod of the model starts.
   *
   * @param url `https://host/path`, without user, password and query: state, plan and release hold it, and a signature with it
   * @param secret name of a Secret with the keys `https-host` and `headers`, in the namespace of the models, which exists already.
   *   @default - the server asks for nothing
   * @throws {MecError} MEC1504 for what is no such address, MEC1424 for what is no name of a Secret
   * @see https://kserve.github.io/website/docs/model-serving/storage/providers/uri
   */
  public static https(url: string, secret?: string): ModelStorage {
    // What is wrong with it may be a password: it is not shown.
    if (!Token.isUnresolved(url) && !/^https:\/\/[a-z0-9.-]+(?::\d+)?\/[^\s?#@]+$/i.test(url)) {
      throw new MecError(
        "MEC1504",
        "ModelStorage.https",
        'got an address that is not shown, since it may hold a secret: a model is downloaded from a host and a path by https, without user, password and query, so write for example "https://models.example.com/iris/model.joblib", and the name of a Secret for what is not public',
      );
    }
    const port = Number(/^https:\/\/[^/]+:(\d+)\//i.exec(url)?.[1] ?? 443);
    return new ModelStorage(url, {
      secret: secret === undefined ? undefined : secretName("ModelStorage.https", "secret", secret),
      ports: [port],
    });
  }

  /** Name of the Secret with the credentials. @internal */
  public readonly secret?: string;

  /** The store it is in. @internal */
  public readonly store?: ModelStore;

  /** Ports that a pod reaches it at, outside of the cluster. @internal */
  public readonly ports: readonly number[];

  private constructor(
    /** The address, as KServe has it. */
    public readonly uri: string,
    { secret, store, ports = [] }: { readonly secret?: string; readonly store?: ModelStore; readonly ports?: readonly number[] } = {},
  ) {
    this.secret = secret;
    this.store = store;
    this.ports = ports;
  }
}

function folderIn(folder: string): string {
  if (!/^[\w][\w.-]*(?:\/[\w][\w.-]*)*$/.test(folder)) {
    throw new MecError(
      "MEC1504",
      "ModelStorage",
      `${got(folder)} as folder: it is a path within the volume, of letters, digits, dashes and dots, without a slash at either end, so write for example "iris"`,
    );
  }
  return folder;
}
