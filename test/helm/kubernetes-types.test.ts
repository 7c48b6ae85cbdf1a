import { typeFaults } from "./support/kubernetes-types";

const pod = (container: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "a", labels: { any: "thing" } },
  spec: { containers: [{ name: "a", image: "example.com/a:1", ...container }] },
});

describe("the types of rendered objects", () => {
  test("nothing is wrong with an object whose fields Kubernetes knows, with maps and lists in it", () => {
    const resources = { requests: { cpu: "10m", memory: 1024 }, limits: { memory: "1Mi" } };
    const probe = { httpGet: { path: "/", port: "http" }, periodSeconds: 1 };
    expect(typeFaults([pod({ resources, livenessProbe: probe, env: [{ name: "A", value: "1" }] })])).toEqual([]);
  });

  test.each<[string, object, string]>([
    [
      "a mistyped field of a list's item",
      pod({ imagePullpolicy: "Always" }),
      "v1 Pod a: /spec/containers/0/imagePullpolicy is not a field",
    ],
    ["a field one level too high", pod({ runAsNonRoot: true }), "v1 Pod a: /spec/containers/0/runAsNonRoot is not a field"],
    ["a field of another kind", { ...pod({}), data: {} }, "v1 Pod a: /data is not a field"],
    ["a mistyped field of the metadata", { ...pod({}), metadata: { name: "a", label: {} } }, "v1 Pod a: /metadata/label is not a field"],
    ["a kind of nowhere", { apiVersion: "v1", kind: "Pot", metadata: { name: "a" } }, "v1 Pot a: is of a kind that is not known"],
    ["a kind in a group that it is not in", { ...pod({}), apiVersion: "apps/v1" }, "apps/v1 Pod a: is of a kind that is not known"],
  ])("%s is found", (_, object, fault) => {
    expect(typeFaults([object])).toEqual([fault]);
  });

  test.each<[string, object, RegExp]>([
    ["a number where a text is due", pod({ env: [{ name: "A", value: 1 }] }), /^v1 Pod a: [^]*\/spec\/containers\/0\/env\/0\/value/],
    ["a word that is none of those", pod({ imagePullPolicy: "Sometimes" }), /^v1 Pod a: [^]*\/spec\/containers\/0\/imagePullPolicy/],
    ["what is left out", { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: {} }, /^v1 Pod a: [^]*containers/],
  ])("%s is found by the package's own check", (_, object, fault) => {
    const faults = typeFaults([object]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });

  test("kinds of others have the fields that are listed, in lists too", () => {
    const monitor = (spec: object) => ({ apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "m" }, spec });
    expect(
      typeFaults([monitor({ endpoints: [{ port: "http", params: { any: ["thing"] } }], selector: { matchLabels: { a: "b" } } })]),
    ).toEqual([]);
    expect(typeFaults([monitor({ endpoints: [{ ports: "http" }], constructor: {} })])).toEqual([
      "monitoring.coreos.com/v1 ServiceMonitor m: /spec/endpoints/0/ports is not a field",
      "monitoring.coreos.com/v1 ServiceMonitor m: /spec/constructor is not a field",
    ]);
    expect(typeFaults([{ ...monitor({}), metadata: { name: "m", nane: 1 }, status: {} }])).toEqual([
      "monitoring.coreos.com/v1 ServiceMonitor m: /metadata/nane is not a field",
      "monitoring.coreos.com/v1 ServiceMonitor m: /status is not a field",
    ]);
  });
});
