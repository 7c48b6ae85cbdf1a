import { join } from "node:path";
import { Device, DeviceService, EdgeXIngress, EdgeXProfile, Export, ExportCredentials, type EdgeXOptions } from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { edgexFaults } from "../support/edgex-rules";
import { describeHelm, helmLint, helmTemplate } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SERVICES } from "./support/devices";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";

const CHART = join(__dirname, "..", "..", "..", "lib", "helm", "edgex", "chart");

type Fill = (model: EdgeXModel) => void;

const ingress = EdgeXIngress.traefik({ host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" });

/** A device service with its device. */
const withService =
  (...kinds: string[]): Fill =>
  (model) =>
    kinds.forEach((kind) => {
      const { service, device } = SERVICES[kind];
      model.addDeviceService(service);
      model.addDevice(Device.of({ ...device, service }));
    });

const exports: Fill = (model) => {
  model.addExport(
    Export.mqtt({
      name: "cloud",
      broker: "mqtts://broker.example.com",
      topic: "line/{devicename}",
      credentials: ExportCredentials.userPassword("cloud-broker"),
    }),
  );
  model.addExport(
    Export.mqtt({
      name: "certified",
      broker: "mqtts://10.20.3.4:8883",
      topic: "line",
      credentials: ExportCredentials.clientCertificate("cloud-certificate"),
    }),
  );
  model.addExport(
    Export.http({
      name: "history",
      endpoints: [{ url: "https://history.example.com/events", credentials: ExportCredentials.header("history-token") }],
    }),
  );
};

const everything: EdgeXOptions = {
  profile: EdgeXProfile.STANDARD,
  ui: true,
  ingress,
  monitoring: true,
  allowedNamespaces: ["apps"],
  databaseSecret: "database",
  brokerSecret: "broker",
  credentialsVersion: "2",
};

const PROFILES = { CORE: EdgeXProfile.CORE, STANDARD: EdgeXProfile.STANDARD };

/** Each profile alone and with each device service, and one with all that it can have; with names of Secrets that are made apart. */
const CASES: [string, EdgeXOptions, Fill, string[]][] = [
  ...Object.entries(PROFILES).flatMap(([name, profile]) => [
    [name, { profile }, () => undefined, []] as [string, EdgeXOptions, Fill, string[]],
    ...Object.keys(SERVICES).map((kind): [string, EdgeXOptions, Fill, string[]] => [
      `${name} with ${kind}`,
      { profile },
      withService(kind),
      ["cameras"],
    ]),
  ]),
  [
    "STANDARD with all that it can have",
    everything,
    (model) => [withService(...Object.keys(SERVICES)), exports].forEach((fill) => fill(model)),
    ["database", "broker", "line-tls", "line-users", "cameras", "cloud-broker", "cloud-certificate", "history-token"],
  ],
];

test("each device service is here", () => {
  const factories = Object.getOwnPropertyNames(DeviceService).filter((name) => typeof DeviceService[name as "virtual"] === "function");
  const kinds = ["virtual", "rest", "mqtt", "modbusTcp", "coap", "snmp", "opcUa", "onvif", "rfidLlrp"];
  expect(factories).toEqual(expect.arrayContaining(kinds));
  expect(Object.keys(SERVICES)).toHaveLength(kinds.length);
});

describeHelm("EdgeX as a real Helm renders it:", () => {
  describe.each(CASES)("%s", (_, options, fill, secrets) => {
    const model = new EdgeXModel("stack/EdgeX", options);
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
