import { describeHelm, type KubernetesObject } from "../support/helm";
import { NetworkPolicies, podsOf, type End } from "../support/network-policies";
import { finders, renderPipelines } from "./support/pipelines-chart";

describeHelm("the chart of pipelines", () => {
  const objects = renderPipelines();
  const plain = renderPipelines({});
  const { of } = finders(objects);

  describe("the network", () => {
    const policies = new NetworkPolicies(objects);
    const pods = podsOf(objects, "kubeflow");
    const step: End = { namespace: "kubeflow", labels: { "pipelines.kubeflow.org/v2_component": "true" }, address: "10.1.9.1" };
    const ports = [
      ...new Set(
        of("Deployment").flatMap(({ spec }) =>
          (spec.template.spec.containers[0].ports ?? []).map((port: KubernetesObject) => port.containerPort as number),
        ),
      ),
    ];
    const reached = (from: End) =>
      [...pods]
        .flatMap(([to, there]) => [...ports, 22].filter((port) => policies.allow(from, there, port)).map((port) => `${to} ${port}`))
        .sort();

    test("is open between parts for what each needs, and for nothing else", () => {
      const all = [...pods].flatMap(([from, here]) => reached(here).map((to) => `${from} -> ${to}`));
      expect(all.sort()).toEqual([
        "metadata-envoy-service -> metadata-grpc-service 8080",
        "metadata-grpc-service -> mysql 3306",
        "ml-pipeline -> mysql 3306",
        "ml-pipeline -> seaweedfs 8333",
        "ml-pipeline-persistenceagent -> ml-pipeline 8887",
        "ml-pipeline-persistenceagent -> ml-pipeline 8888",
        "ml-pipeline-scheduledworkflow -> ml-pipeline 8887",
        "ml-pipeline-ui -> metadata-envoy-service 9090",
        "ml-pipeline-ui -> ml-pipeline 8888",
        "ml-pipeline-ui -> seaweedfs 8333",
      ]);
    });

    test("is open to pods of pipelines for the API, artifacts and metadata, and to no other pod of the namespace", () => {
      expect(reached(step)).toEqual(["metadata-grpc-service 8080", "ml-pipeline 8887", "ml-pipeline 8888", "seaweedfs 8333"]);
      expect(reached({ ...step, labels: { app: "other" } })).toEqual([]);
      expect(reached({ ...step, namespace: "other" })).toEqual([]);
    });

    test("is open to the namespaces that are named for interface and API, and to nobody without them", () => {
      for (const namespace of ["ingress", "notebooks"]) {
        expect(reached({ namespace, labels: { app: "any" } })).toEqual(["ml-pipeline 8887", "ml-pipeline 8888", "ml-pipeline-ui 3000"]);
      }
      const closed = new NetworkPolicies(plain);
      for (const to of podsOf(plain, "kubeflow").values()) {
        for (const port of ports) expect(closed.allow({ namespace: "ingress", labels: {} }, to, port)).toBe(false);
      }
    });

    test("is open to the API of Kubernetes for those who ask it, and to names for all", () => {
      const api: End = { address: "10.0.3.4" };
      const asking = of("Deployment")
        .filter(({ spec }) => spec.template.spec.serviceAccountName)
        .map(({ metadata }) => metadata.name);
      for (const [name, from] of pods) {
        expect([name, policies.allow(from, api, 16443)]).toEqual([name, asking.includes(name)]);
        expect(policies.allow(from, { address: "10.152.183.1" }, 443)).toBe(asking.includes(name));
        expect(policies.allow(from, { address: "203.0.113.7" }, 443)).toBe(false);
        expect(policies.allow(from, { address: "169.254.169.254" }, 80)).toBe(false);
        expect(policies.allow(from, { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } }, 53, "UDP")).toBe(true);
      }
    });
  });
});
