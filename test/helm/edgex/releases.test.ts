import { join } from "node:path";
import { EdgeXIngress, EdgeXProfile, type EdgeXOptions } from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { edgexFaults } from "../support/edgex-rules";
import { describeHelm, helmLint, helmTemplate } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";

const CHART = join(__dirname, "..", "..", "..", "lib", "helm", "edgex", "chart");

type Fill = (model: EdgeXModel) => void;

const ingress = EdgeXIngress.traefik({ host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" });

/** Each profile with what it can have. */
const CASES: [string, EdgeXOptions, Fill, string[]][] = [
  ["CORE", { profile: EdgeXProfile.CORE }, () => undefined, []],
  ["STANDARD", { profile: EdgeXProfile.STANDARD }, () => undefined, []],
  [
    "STANDARD with all that it can be told",
    {
      profile: EdgeXProfile.STANDARD,
      ui: true,
      rulesEngine: false,
      ingress,
      monitoring: true,
      allowedNamespaces: ["apps"],
      databaseSecret: "database",
      brokerSecret: "broker",
    },
    () => undefined,
    ["database", "broker", "line-tls", "line-users"],
  ],
];

describeHelm("EdgeX as a real Helm renders it:", () => {
  describe.each(CASES)("%s", (_, options, fill, secrets) => {
    const model = new EdgeXModel("stack/EdgeX", options, () => undefined);
    fill(model);
    const { values } = model;

    test("the chart takes its values, and finds nothing wrong", () => {
      expect(helmLint(CHART, values)).toMatchObject({ status: 0 });
    });

    test.each(["1.31.0", "1.36.0"])("objects are such as Kubernetes %s has, and pods such as may run", (kubeVersion) => {
      const objects = helmTemplate(CHART, { values, kubeVersion, namespace: "edgex", releaseName: "edgex" });
      expect(objects.length).toBeGreaterThan(0);
      expect(typeFaults(objects)).toEqual([]);
      expect(podFaults(objects)).toEqual([]);
      expect(edgexFaults(objects, secrets)).toEqual([]);
    });

    test("the release is far from the limit of a Secret", () => {
      expect(releaseBytes(CHART, { values, namespace: "edgex", releaseName: "edgex" })).toBeLessThan(SECRET_LIMIT / 4);
    });
  });
});
