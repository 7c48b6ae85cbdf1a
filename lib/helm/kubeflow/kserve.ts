import type { Construct } from "constructs";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { quantity } from "../../microk8s/quantities";
import { Size } from "../../units";
import type { ContainerResources } from "../prometheus/resources";
import { sumOf } from "../resources";
import type { Values } from "../values";
import { PINNED_CHARTS } from "../versions";
import { KSERVE_NAMESPACE } from "./kserve-crds";

/** What may be said of {@link KServe}. */
export interface KServeOptions extends HelmAddOnOptions {
  /**
   * Region of the buckets that models are read from.
   * @default - that of the cluster; for a cluster without one, what the Secret's annotation `serving.kserve.io/s3-region` says
   */
  readonly s3Region?: string;
}

/** Properties of {@link KServe}. */
export interface KServeProps extends KServeOptions, HelmAddOnProps {}

const container = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/**
 * What its pod asks for: the manager keeps in memory what it watches, of the cluster's Deployments and Services too. The chart asks for 200m and
 * 600Mi, half of it for the proxy in front of its metrics.
 * @see https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-resources/values.yaml
 */
const PODS = { manager: container(50, 160, 384), proxy: container(10, 32, 128) };

/** What a model of somebody who says nothing asks for: the chart's own is a vCPU and 2 GiB. */
const MODEL = container(100, 384, 1024);

/**
 * KServe's controller: an `InferenceService` becomes a Deployment and a Service, and nothing else. Neither Istio nor Knative is needed or used
 * (its Standard mode), so no model is scaled to zero, and none is reached from outside of the cluster by itself.
 *
 * Its webhooks refuse InferenceServices while its pod is not there. Needs Kubernetes 1.32 or newer.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses; at synth MEC1416 without cert-manager and {@link KServeCrds}
 * @see https://kserve.github.io/website/docs/admin-guide/kubernetes-deployment
 */
export class KServe extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: KServeProps) {
    super(scope, id, props, definition(props));
  }
}

function definition({ cluster, s3Region = cluster.region }: KServeProps): AddOnDefinition {
  return {
    kind: "kserve",
    chart: pinnedChart(PINNED_CHARTS.kserve),
    namespace: KSERVE_NAMESPACE,
    releaseName: "kserve",
    values: [
      {
        kserve: {
          controller: {
            deploymentMode: "Standard",
            // The chart asks the registry at each start of the pod, over the link of the site.
            imagePullPolicy: "IfNotPresent",
            gateway: gateway(),
            resources: resources(PODS.manager),
            rbacProxy: { resources: resources(PODS.proxy) },
          },
          inferenceservice: { resources: { requests: requests(MODEL), limits: { cpu: "1", memory: quantity(MODEL.memoryLimit) } } },
          storage: { s3: { region: s3Region } },
          // Nothing that serves a model asks the API server.
          security: { autoMountServiceAccountToken: false },
        },
      },
    ],
    requires: ["cert-manager", "kserve-crds"],
    footprint: sumOf(...Object.values(PODS)),
  };
}

/**
 * No Ingress and no VirtualService of KServe's own: it would make one for each model, in plain HTTP. The address that it tells of a model is the
 * Service of the model's name that the library's chart makes, and of its predictor that which KServe makes.
 * @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/controller/v1beta1/inferenceservice/reconcilers/ingress/kube_ingress_reconciler.go
 */
function gateway(): Values {
  return {
    disableIngressCreation: true,
    disableIstioVirtualHost: true,
    domain: "svc.cluster.local",
    domainTemplate: "{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}",
  };
}

function requests({ cpuMillis, memory }: ContainerResources): Values {
  return { cpu: `${cpuMillis}m`, memory: quantity(memory) };
}

/** The chart's limit of CPU cannot be taken away, only raised: it is laid over one that is written into the chart's files. */
function resources(of: ContainerResources): Values {
  return { requests: requests(of), limits: { cpu: "500m", memory: quantity(of.memoryLimit) } };
}
