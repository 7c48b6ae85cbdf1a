import type { Duration, Size } from "../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import type { Outside } from "./graph/service-node";
import type { EdgeXIngress } from "./ingress";
import type { EdgeXMail } from "./mail";
import type { EdgeXProfile } from "./profile";
import type { EdgeXLogLevel } from "./log-level";

/** What a person chooses about {@link EdgeX}, wherever it is installed. Its chart is the library's own. */
export interface EdgeXOptions extends Omit<HelmAddOnOptions, "chart" | "repository" | "version"> {
  /** How much of the site it may take, and which parts are there. */
  readonly profile: EdgeXProfile;

  /**
   * Whether core-data keeps events and readings.
   * @default - as the profile has it
   */
  readonly coreData?: boolean;

  /**
   * Whether there is support-notifications.
   * @default - as the profile has it
   */
  readonly notifications?: boolean;

  /**
   * Whether there is support-scheduler.
   * @default - as the profile has it
   */
  readonly scheduler?: boolean;

  /**
   * Whether there is the rules engine.
   * @default - as the profile has it
   */
  readonly rulesEngine?: boolean;

  /**
   * Whether there is the web interface. It asks nobody who they are; without `ingress` it is reached by `kubectl port-forward` alone.
   * @default - as the profile has it
   */
  readonly ui?: boolean;

  /**
   * How long core-data keeps events, in whole hours.
   * @default - that of the profile
   */
  readonly dataRetention?: Duration;

  /**
   * Size of the volume of the database. A volume that is there keeps its size.
   * @default - that of the profile
   */
  readonly databaseVolume?: Size;

  /**
   * Storage class of the volumes, by its own name.
   * @default "microk8s-hostpath"
   */
  readonly storageClass?: string;

  /**
   * Name of an existing Secret in the namespace with the keys `username` and `password`: the owner of the database. It is read when the database
   * is made; how it is changed later, docs/edgex.md tells.
   * @default - a Secret `edgex-database` with a generated password, which stays when EdgeX goes and its namespace does not
   */
  readonly databaseSecret?: string;

  /**
   * Name of an existing Secret in the namespace with the keys `username` and `password`: who may use the message bus.
   * @default - a Secret `edgex-broker` with a generated password
   */
  readonly brokerSecret?: string;

  /**
   * Any text; another one than before has every service that reads a Secret start anew, in order, with what the Secrets hold by then. How a
   * password is changed docs/edgex.md tells.
   * @default - services start anew when something else of them changes
   */
  readonly credentialsVersion?: string;

  /**
   * What services of EdgeX' own log; device services and exports are told for themselves.
   * @default "INFO"
   */
  readonly logLevel?: EdgeXLogLevel;

  /**
   * How support-notifications sends mail.
   * @default - not at all
   */
  readonly mail?: EdgeXMail;

  /**
   * What services may connect to outside of EdgeX beside what they need, by name of the service: where support-notifications and support-scheduler
   * send requests to, say, which is told them at run time.
   * @default - nothing
   */
  readonly outbound?: Readonly<Record<string, readonly Outside[]>>;

  /**
   * A way in from outside of the cluster, with TLS and a password.
   * @default - none: services are reached within EdgeX alone
   */
  readonly ingress?: EdgeXIngress;

  /**
   * Namespaces of the cluster whose pods may use the message bus, core-metadata, core-command, core-data, support-notifications and
   * support-scheduler. All but the bus ask nobody who they are: who may connect may change everything.
   * @default - none
   */
  readonly allowedNamespaces?: readonly string[];

  /**
   * Whether there are metrics, alerts and a dashboard for Prometheus, in the namespace of its add-on or else in `monitoring`.
   * @default - where the add-on Prometheus is in the app for the same cluster
   */
  readonly monitoring?: boolean;

  /**
   * Secure mode, which is refused: see docs/edgex-secure-mode.md.
   * @default false
   */
  readonly secure?: boolean;
}

/** Properties of {@link EdgeX}. */
export interface EdgeXProps extends EdgeXOptions, Pick<HelmAddOnProps, "cluster"> {}
