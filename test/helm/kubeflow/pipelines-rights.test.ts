import { describeHelm, type KubernetesObject } from "../support/helm";
import { PIPELINES_PARTS, finders, renderPipelines } from "./support/pipelines-chart";

describeHelm("the chart of pipelines", () => {
  const { of, one, pod, names } = finders(renderPipelines());
  const plurals = of("CustomResourceDefinition").map(({ spec }) => `${spec.group}/${spec.names.plural}`);

  describe("rights", () => {
    const rules = (name: string): KubernetesObject[] => one("Role", name).rules;

    test("are of the namespace, bound to the accounts of the parts that ask Kubernetes and to that of pipelines, and never for everything", () => {
      const accounts = of("Deployment")
        .map(({ spec }) => spec.template.spec.serviceAccountName)
        .filter((name) => name !== undefined);
      expect(names("ServiceAccount")).toEqual([...accounts, "pipeline-runner"].sort());
      expect(names("Role")).toEqual(names("ServiceAccount"));
      for (const { metadata, roleRef, subjects } of of("RoleBinding")) {
        expect(roleRef).toEqual({ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name });
        expect(subjects).toEqual([{ kind: "ServiceAccount", name: metadata.name, namespace: "kubeflow" }]);
      }
      for (const rule of of("Role").flatMap(({ rules: all }) => all)) {
        expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain("*");
      }
    });

    test("to Secrets are for those that are named, to be read one by one", () => {
      const secrets = of("Role").flatMap(({ metadata, rules: all }) =>
        all
          .filter(({ resources }: KubernetesObject) => resources.includes("secrets"))
          .map((rule: KubernetesObject) => [metadata.name, rule.resourceNames, rule.verbs]),
      );
      expect(secrets).toEqual([
        ["ml-pipeline-ui", ["mlpipeline-minio-artifact", "s3-root"], ["get"]],
        ["pipeline-runner", ["mlpipeline-minio-artifact", "s3-root"], ["get"]],
        ["workflow-controller", ["mlpipeline-minio-artifact"], ["get"]],
      ]);
    });

    test("of pipelines are what driver, launcher and executor do", () => {
      expect(rules("pipeline-runner").map(({ resources, verbs }) => `${resources}: ${verbs}`)).toEqual([
        "pods: get",
        "configmaps: get",
        "secrets: get",
        "persistentvolumeclaims: get,create,delete",
        "workflowtaskresults: create,patch",
      ]);
    });

    test("come with a token of an hour, in the container alone and where Kubernetes' clients look for it", () => {
      for (const name of PIPELINES_PARTS) {
        const { containers, volumes, serviceAccountName } = pod(name);
        const mount = containers[0].volumeMounts.find(
          ({ mountPath }: KubernetesObject) => mountPath === "/var/run/secrets/kubernetes.io/serviceaccount",
        );
        expect(mount === undefined).toBe(serviceAccountName === undefined);
        if (mount === undefined) continue;
        const { sources } = volumes.find(({ name: volume }: KubernetesObject) => volume === mount.name).projected;
        expect(sources[0].serviceAccountToken).toEqual({ path: "token", expirationSeconds: 3607 });
        expect(
          sources
            .slice(1)
            .flatMap((source: KubernetesObject) =>
              (source.configMap ?? source.downwardAPI).items.map(({ path }: KubernetesObject) => path),
            ),
        ).toEqual(["ca.crt", "namespace"]);
      }
      for (const [name, file] of [
        ["ml-pipeline-persistenceagent", "persistenceagent-sa-token"],
        ["ml-pipeline-scheduledworkflow", "scheduledworkflow-sa-token"],
      ] as const) {
        const { volumes } = pod(name);
        expect(volumes.find((volume: KubernetesObject) => volume.name === "token").projected.sources).toEqual([
          { serviceAccountToken: { path: file, expirationSeconds: 3600, audience: "pipelines.kubeflow.org" } },
        ]);
      }
    });

    test("are for custom resources by the names of their definitions", () => {
      const spoken = of("Role").flatMap(({ rules }) =>
        rules.flatMap(({ apiGroups, resources }: KubernetesObject) =>
          /^(argoproj\.io|kubeflow\.org)$/.test(apiGroups[0])
            ? resources.map((name: string) => `${apiGroups[0]}/${name.split("/")[0]}`)
            : [],
        ),
      );
      for (const kind of spoken) expect(plurals).toContain(kind);
    });
  });
});
