import { describeHelm, helmLint, type KubernetesObject } from "../support/helm";
import { changed, renderedChart } from "./support/chart";
import type { CHART_VALUES } from "./support/chart-values";
import { EDGEX_CHART } from "./support/chart-values";

type ChartValues = typeof CHART_VALUES;

describeHelm("the chart of EdgeX: values that are refused", () => {
  const { render } = renderedChart();

  const service = (change: (service: KubernetesObject) => void, name: keyof ChartValues["services"] = "edgex-device-rest") =>
    changed(({ services }) => change(services[name]));

  test.each<[string, object]>([
    ["a mistyped key", changed((values) => (values.service = {}))],
    ["a mistyped key of a service", service((it) => (it.talkTo = []))],
    ["a mistyped key of a port", service((it) => (it.ports[0].number = 1))],
    ["a mistyped key of a job", changed(({ jobs }) => (jobs["edgex-update-devices"].ports = []))],
    ["the tag latest", service((it) => (it.image = "docker.io/edgexfoundry/device-rest:latest"))],
    ["an image without a registry", service((it) => (it.image = "device-rest:4.0.1"))],
    ["an image without a tag", service((it) => (it.image = "docker.io/edgexfoundry/device-rest"))],
    ["a service without a probe", service((it) => delete it.probe)],
    ["a service with two probes", service((it) => (it.probe.tcp = { port: 59986 }))],
    ["a service without a limit", service((it) => delete it.resources.limits)],
    ["a service without a user", service((it) => delete it.user)],
    ["the user root", service((it) => (it.user.uid = 0))],
    ["a name that is no host name", changed(({ services }) => (services.Edgex_UI = services["edgex-ui-go"]))],
    ["a variable that is a number", service((it) => (it.env.PORT = 1))],
    ["a file name with a slash", service((it) => (it.files[0].files["a/b.json"] = ""))],
    ["a directory of the chart's own", service((it) => (it.files[0].path = "/mec/secrets"))],
    ["a path that leads up", service((it) => (it.files[0].path = "/edgex/../etc"))],
    ["a relative path", service((it) => (it.files[0].path = "edgex"))],
    ["a configuration in no directory", service((it) => (it.configuration = { "/configuration.yaml": "{}" }))],
    ["a claim in memory", service((it) => (it.volumes[0].inMemory = true), "edgex-postgres")],
    ["a storage class without a claim", service((it) => (it.volumes[1].storageClass = "a"), "edgex-postgres")],
    ["what is outside twice", service((it) => (it.inbound[0].namespace = "sensors"))],
    ["what is outside nowhere", service((it) => delete it.inbound[0].cidrs)],
    ["a network that is none", service((it) => (it.inbound[0].cidrs = ["device.example.com"]))],
    ["a port of no number", service((it) => (it.ports[0].port = 65536))],
    ["a revision that is no digest", changed((values) => (values.revision = "1"))],
    ["a password that is given", changed(({ credentials }) => (credentials["edgex-broker"].password = "edgex"))],
    ["a user that is generated", changed(({ credentials }) => (credentials["edgex-broker"].generate = ["username"]))],
    ["an ingress without authentication", changed(({ ingress }) => delete ingress.basicAuthMiddlewareSecret)],
    ["an ingress without TLS", changed(({ ingress }) => delete ingress.tlsSecret)],
    ["a dashboard that is no JSON", changed(({ monitoring }) => (monitoring.dashboards.edgex = "title: EdgeX"))],
    ["a job with a name that has no room for its digest", changed(({ jobs }) => (jobs["a".repeat(55)] = jobs["edgex-update-devices"]))],
  ])("%s, by the schema", (_, values) => {
    const { status, stdout, stderr } = helmLint(EDGEX_CHART, values);
    expect(status).toBe(1);
    expect(stdout + stderr).toContain("values don't meet the specifications of the schema");
  });

  test.each<[string, object, string]>([
    [
      "a talk to who is not there",
      service((it) => it.talksTo.push({ service: "edgex-core-data", port: 59880 })),
      "edgex-device-rest talks to edgex-core-data at port 59880, where no service of this EdgeX answers",
    ],
    [
      "a talk to a port that is not there",
      service((it) => (it.talksTo[0].port = 59891)),
      "edgex-device-rest talks to edgex-core-keeper at port 59891, where no service of this EdgeX answers",
    ],
    ["a wait for nothing", changed((values) => delete values.revision), "waits for the configuration, and no revision is given"],
    [
      "a wait for who is not talked to",
      service((it) => (it.talksTo = [])),
      "edgex-device-rest waits for the configuration, and does not talk to edgex-core-keeper at port 59890",
    ],
    [
      "a place of a Secret that is not given",
      service((it) => (it.configurationSecrets = []), "edgex-core-keeper"),
      "/edgex/config/configuration.yaml of edgex-core-keeper has @@edgex-database/password@@, which is not among its configurationSecrets",
    ],
    [
      "metrics at no port",
      service((it) => (it.metrics.port = 1), "edgex-influxdb-exporter"),
      "edgex-influxdb-exporter has metrics at port 1, which is not among its ports",
    ],
    [
      "an ingress that leads nowhere",
      changed(({ ingress }) => (ingress.paths[0].service = "edgex-ui")),
      "the ingress leads to edgex-ui at port 4000, where no service of this EdgeX answers",
    ],
    [
      "a job with the name of a service",
      changed(({ jobs }) => (jobs["edgex-ui-go"] = jobs["edgex-update-devices"])),
      "edgex-ui-go is a service and a job, and is to be one of them",
    ],
  ])("%s, by the templates", (_, values, message) => {
    expect(() => render(values)).toThrow(message);
  });
});
