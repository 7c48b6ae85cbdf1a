import * as fc from "fast-check";
import { describeHelm, helmTemplate } from "../support/helm";
import { NetworkPolicies, allowedConnections, podsOf, type End } from "../support/network-policies";
import { CHART_VALUES, EDGEX_CHART, EDGEX_RELEASE } from "./support/chart-values";

interface Talker {
  readonly image: string;
  readonly talksTo?: readonly { readonly service: string; readonly port: number }[];
}

const ALL: Readonly<Record<string, Talker>> = { ...CHART_VALUES.services, ...CHART_VALUES.jobs };

const dns: End = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, address: "10.1.0.2" };

describeHelm("the network policies of EdgeX", () => {
  const render = (values: object) => helmTemplate(EDGEX_CHART, { values, ...EDGEX_RELEASE });
  const objects = render(CHART_VALUES);
  const policies = new NetworkPolicies(objects);
  const pods = podsOf(objects, "edgex");
  const pod = (name: string): End => pods.get(name)!;

  test("allow what services and jobs say that they talk to, and of each other pair of them nothing at any port", () => {
    expect(pods.size).toBe(Object.keys(ALL).length);
    const said = Object.entries(ALL).flatMap(([from, { talksTo = [] }]) =>
      talksTo.map(({ service, port }) => `${from} ${service} ${port}`),
    );
    expect(allowedConnections(objects, "edgex")).toEqual(said.sort());
    for (const at of pods.values()) for (const there of pods.values()) expect(policies.allow(at, there, 22)).toBe(false);
  });

  test("allow the cluster's DNS to all of them, and nothing else of its namespace", () => {
    for (const at of pods.values()) {
      expect(policies.allow(at, dns, 53, "UDP")).toBe(true);
      expect(policies.allow(at, dns, 53, "TCP")).toBe(true);
      expect(policies.allow(at, dns, 9153)).toBe(false);
      expect(policies.allow(at, { ...dns, labels: { app: "other" } }, 53, "UDP")).toBe(false);
      expect(policies.allow(at, { ...dns, namespace: "other" }, 53, "UDP")).toBe(false);
    }
  });

  test("allow devices in their networks, at their ports and protocols alone", () => {
    const rest = pod("edgex-device-rest");
    const outside = (address: string): End => ({ address });
    expect(policies.allow(rest, outside("10.0.5.17"), 80)).toBe(true);
    expect(policies.allow(rest, outside("10.0.6.7"), 161, "UDP")).toBe(true);
    expect(policies.allow(rest, outside("10.0.6.8"), 80)).toBe(false);
    expect(policies.allow(rest, outside("10.0.5.17"), 443)).toBe(false);
    expect(policies.allow(rest, outside("10.0.5.17"), 161)).toBe(false);
    expect(policies.allow(outside("10.0.4.9"), rest, 59986)).toBe(true);
    expect(policies.allow(outside("10.0.5.9"), rest, 59986)).toBe(false);
    expect(policies.allow({ namespace: "sensors", labels: {}, address: "10.1.2.1" }, rest, 59986)).toBe(true);
    expect(policies.allow({ namespace: "other", labels: {}, address: "10.1.2.1" }, rest, 59986)).toBe(false);
    expect(policies.allow({ namespace: "sensors", labels: {}, address: "10.1.2.1" }, rest, 80)).toBe(false);
  });

  test("of all networks leave out what a node is asked for its credentials, and do not open what is closed at the other end", () => {
    const metrics = pod("edgex-app-metrics");
    expect(policies.allow(metrics, { address: "203.0.113.7" }, 443)).toBe(true);
    expect(policies.allow(metrics, { address: "203.0.113.7" }, 80)).toBe(false);
    expect(policies.allow(metrics, { address: "169.254.169.254" }, 443)).toBe(false);
    const values = JSON.parse(JSON.stringify(CHART_VALUES));
    values.services["edgex-app-metrics"].outbound[0].ports.push({ port: 59881 });
    const wide = render(values);
    const widePods = podsOf(wide, "edgex");
    expect(new NetworkPolicies(wide).allow(widePods.get("edgex-app-metrics")!, widePods.get("edgex-core-metadata")!, 59881)).toBe(false);
  });

  test("allow Prometheus to read metrics, from its namespace and where it is there, and at no other port", () => {
    const prometheus: End = { namespace: "monitoring", labels: { app: "prometheus" }, address: "10.1.3.1" };
    const allowed = [...pods].filter(([, to]) =>
      [1883, 4000, 5432, 9122, 59881, 59890, 59986].some((port) => policies.allow(prometheus, to, port)),
    );
    expect(allowed.map(([name]) => name)).toEqual(["edgex-influxdb-exporter"]);
    expect(policies.allow(prometheus, pod("edgex-influxdb-exporter"), 9122)).toBe(true);
    expect(policies.allow({ ...prometheus, namespace: "other" }, pod("edgex-influxdb-exporter"), 9122)).toBe(false);
    const without = new NetworkPolicies(render({ ...CHART_VALUES, monitoring: { ...CHART_VALUES.monitoring, enabled: false } }));
    expect(without.allow(prometheus, pod("edgex-influxdb-exporter"), 9122)).toBe(false);
  });

  test("allow the ingress controller to what it leads to", () => {
    const controller: End = { namespace: "ingress", labels: { name: "traefik" }, address: "10.1.4.1" };
    expect(policies.allow(controller, pod("edgex-ui-go"), 4000)).toBe(true);
    expect(policies.allow(controller, pod("edgex-core-metadata"), 59881)).toBe(false);
    expect(policies.allow({ ...controller, namespace: "default" }, pod("edgex-ui-go"), 4000)).toBe(false);
    expect(new NetworkPolicies(render({ ...CHART_VALUES, ingress: {} })).allow(controller, pod("edgex-ui-go"), 4000)).toBe(false);
  });

  test("close what has no policy of its own, too, and leave pods of others alone", () => {
    const later: End = { namespace: "edgex", labels: { "app.kubernetes.io/part-of": "edgex", "app.kubernetes.io/instance": "edgex" } };
    expect(policies.allow(later, dns, 53, "UDP")).toBe(false);
    expect(policies.allow({ namespace: "other", labels: {} }, later, 80)).toBe(false);
    const others: End = { namespace: "edgex", labels: { app: "other" } };
    expect(policies.allow(others, { address: "203.0.113.7" }, 443)).toBe(true);
    expect(policies.allow(others, pod("edgex-mqtt-broker"), 1883)).toBe(false);
  });

  test("are, for any graph of services, what the graph says", () => {
    const template = CHART_VALUES.services["edgex-ui-go"];
    const graph = fc
      .uniqueArray(fc.integer({ min: 1024, max: 65535 }), { minLength: 2, maxLength: 8 })
      .chain((ports) =>
        fc
          .subarray(ports.flatMap((_, from) => ports.map((_port, to) => [from, to] as const)))
          .map((edges) => ({ ports, edges: edges.filter(([from, to]) => from !== to) })),
      );
    fc.assert(
      fc.property(graph, ({ ports, edges }) => {
        const service = (port: number, at: number) => ({
          ...template,
          ports: [{ name: "http", port }],
          probe: { tcp: { port } },
          talksTo: edges.filter(([from]) => from === at).map(([, to]) => ({ service: `s${to}`, port: ports[to]! })),
        });
        const services = Object.fromEntries(ports.map((port, at) => [`s${at}`, service(port, at)]));
        expect(allowedConnections(render({ services }), "edgex")).toEqual(edges.map(([from, to]) => `s${from} s${to} ${ports[to]}`).sort());
      }),
      { numRuns: 8 },
    );
  });
});

describe("how policies are worked out", () => {
  const policy = (spec: object) => ({ kind: "NetworkPolicy", metadata: { namespace: "a" }, spec });
  const at = (namespace: string, name = "x"): End => ({ namespace, labels: { name } });
  const closed = policy({ podSelector: {}, policyTypes: ["Ingress"] });

  test("a pod that none selects is open, one that is selected is closed in the policy's directions alone", () => {
    expect(new NetworkPolicies([]).allow(at("b"), at("a"), 80)).toBe(true);
    expect(new NetworkPolicies([closed]).allow(at("b"), at("a"), 80)).toBe(false);
    expect(new NetworkPolicies([closed]).allow(at("a"), at("b"), 80)).toBe(true);
    expect(new NetworkPolicies([policy({ podSelector: {} })]).allow(at("b"), at("a"), 80)).toBe(false);
    expect(new NetworkPolicies([policy({ podSelector: { matchLabels: { name: "y" } } })]).allow(at("b"), at("a"), 80)).toBe(true);
  });

  test("what one policy allows, no other takes away, and both ends have to allow it", () => {
    const open = policy({ podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80, endPort: 90 }] }] });
    const policies = new NetworkPolicies([closed, open]);
    expect([79, 80, 90, 91].map((port) => policies.allow(at("b"), at("a"), port))).toEqual([false, true, true, false]);
    expect(policies.allow(at("b"), at("a"), 80, "UDP")).toBe(false);
    expect(policies.allow({ address: "10.0.0.1" }, at("a"), 80)).toBe(false);
    const egress = { kind: "NetworkPolicy", metadata: { namespace: "b" }, spec: { podSelector: {}, policyTypes: ["Egress"] } };
    expect(new NetworkPolicies([closed, open, egress]).allow(at("b"), at("a"), 80)).toBe(false);
  });

  test("a selector of pods alone is of the policy's own namespace, and an address is looked at with what is left out of it", () => {
    const own = new NetworkPolicies([policy({ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { name: "y" } } }] }] })]);
    expect(own.allow(at("a", "y"), at("a"), 80)).toBe(true);
    expect(own.allow(at("b", "y"), at("a"), 80)).toBe(false);
    const block = { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } };
    const blocks = new NetworkPolicies([policy({ podSelector: {}, ingress: [{ from: [block] }] })]);
    expect(blocks.allow({ address: "10.2.0.1" }, at("a"), 80)).toBe(true);
    expect(blocks.allow({ address: "10.1.0.1" }, at("a"), 80)).toBe(false);
    expect(() => new NetworkPolicies([policy({ podSelector: { matchExpressions: [] } })]).allow(at("b"), at("a"), 80)).toThrow(
      "expressions",
    );
  });
});
