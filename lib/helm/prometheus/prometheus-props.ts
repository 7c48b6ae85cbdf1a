import type { Duration, Size } from "../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import type { PrometheusProfile } from "./profile";
import type { RemoteWrite } from "./remote-write";

/** What a person chooses about {@link Prometheus}, wherever it is installed. */
export interface PrometheusOptions extends HelmAddOnOptions {
  /** How much of the site it may take. */
  readonly profile: PrometheusProfile;

  /**
   * How long metrics are kept, two hours at least. What is older goes; so does what is more than `retentionSize`.
   * @default - that of the profile
   */
  readonly retention?: Duration;

  /**
   * Size of all metrics above which the oldest go: at most 85 % of the volume.
   * @default - 80 % of the volume
   */
  readonly retentionSize?: Size;

  /**
   * Size of the volume that metrics are kept in. The volume of a living Prometheus keeps its size: Kubernetes changes no volume of a
   * StatefulSet in place.
   * @default - that of the profile
   */
  readonly volume?: Size;

  /**
   * Storage class of the volumes, by its own name, so that another default class does not part Prometheus from its volume.
   * @default "microk8s-hostpath"
   */
  readonly storageClass?: string;

  /**
   * Whether there is Grafana, with the dashboards.
   * @default true
   */
  readonly grafana?: boolean;

  /**
   * Name of an existing Secret in the namespace with the keys `admin-user` and `admin-password`: who may change Grafana.
   * @default - Grafana's chart makes a password of its own, in the Secret `<releaseName>-grafana`
   */
  readonly grafanaAdminSecret?: string;

  /**
   * Whether there is an Alertmanager. Without one, alerts are seen on the dashboard and by whom `remoteWrite` tells.
   * @default - as the profile has it
   */
  readonly alertmanager?: boolean;

  /**
   * Name of an existing Secret in the namespace with the key `alertmanager.yaml`: who is told of alerts.
   * @default - nobody: Alertmanager shows them alone
   * @see https://prometheus.io/docs/alerting/latest/configuration/
   */
  readonly alertmanagerSecret?: string;

  /**
   * Who is told all metrics. A site that is cut off cannot tell so itself: let a receiver in the Region notice that nothing comes.
   * @default - nobody
   */
  readonly remoteWrite?: readonly RemoteWrite[];

  /**
   * Whether controller manager, scheduler and kube-proxy are read: the cluster's `controlPlaneMetrics` must be on.
   * @default - what the cluster's capabilities say; false where they are not known at synth
   */
  readonly controlPlaneMetrics?: boolean;

  /**
   * Where the way out of the site is tried, each `host:port` that answers with TLS: a handshake has packets of full size, so it also fails
   * where the path swallows these.
   * @default - `ssm.<region>.amazonaws.com:443`, which the nodes need themselves; none for a cluster without a Region
   */
  readonly pathTargets?: readonly string[];

  /**
   * Labels that Prometheus puts on what it tells others.
   * @default - `cluster`, the name of the cluster
   */
  readonly externalLabels?: Readonly<Record<string, string>>;
}

/** Properties of {@link Prometheus}. */
export interface PrometheusProps extends HelmAddOnProps, PrometheusOptions {}
