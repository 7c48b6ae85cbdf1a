import { join } from "node:path";
import {
  Device,
  EdgeXIngress,
  EdgeXProfile,
  Export,
  ExportCredentials,
  Rule,
  RuleAction,
  RuleStream,
  type EdgeXOptions,
} from "../../../../lib";
import { EdgeXModel } from "../../../../lib/helm/edgex/model";
import { edgexFaults } from "../../support/edgex-rules";
import { describeHelm, helmLint, helmTemplate } from "../../support/helm";
import { typeFaults } from "../../support/kubernetes-types";
import { podFaults } from "../../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../../support/release-size";
import { SERVICES } from "./devices";

/** Folder of the chart. */
export const CHART = join(__dirname, "..", "..", "..", "..", "lib", "helm", "edgex", "chart");

/** Something that an EdgeX can be. */
export interface Release {
  readonly name: string;
  readonly options: EdgeXOptions;
  /** What is added to it. */
  readonly fill: (model: EdgeXModel) => void;
  /** Names of Secrets that are made apart. */
  readonly secrets: readonly string[];
}

const PROFILES = { CORE: EdgeXProfile.CORE, STANDARD: EdgeXProfile.STANDARD };

function addServices(model: EdgeXModel, ...kinds: readonly string[]): void {
  for (const kind of kinds) {
    const { service, device } = SERVICES[kind];
    model.addDeviceService(service);
    model.addDevice(Device.of({ ...device, service }));
  }
}

function addFlows(model: EdgeXModel): void {
  const target = { broker: "mqtts://broker.example.com", topic: "line/{devicename}" };
  const byName = ExportCredentials.userPassword("cloud-broker");
  model.addExport(Export.mqtt({ name: "cloud", ...target, credentials: byName }));
  model.addExport(Export.mqtt({ name: "certified", ...target, credentials: ExportCredentials.clientCertificate("cloud-certificate") }));
  const header = ExportCredentials.header("history-token");
  model.addExport(Export.http({ name: "history", endpoints: [{ url: "https://history.example.com/events", credentials: header }] }));
  const from = RuleStream.device({ name: "ovens", profile: "oven" });
  model.addStream(from);
  const actions = [RuleAction.edgex(), RuleAction.mqtt({ broker: "mqtts://broker.example.com", topic: "alarms", credentials: byName })];
  model.addRule(Rule.of({ name: "hot", select: "*", from, where: "Temperature > 80", actions }));
}

/** Each profile alone. */
export const ALONE: readonly Release[] = Object.entries(PROFILES).map(([name, profile]) => ({
  name,
  options: { profile },
  fill: () => undefined,
  secrets: [],
}));

/** Each profile with each device service. */
export const WITH_SERVICES: readonly Release[] = Object.entries(PROFILES).flatMap(([name, profile]) =>
  Object.keys(SERVICES).map((kind) => ({
    name: `${name} with ${kind}`,
    options: { profile },
    fill: (model: EdgeXModel) => addServices(model, kind),
    secrets: ["cameras"],
  })),
);

/** One with all that it can have. */
export const EVERYTHING: Release = {
  name: "STANDARD with all that it can have",
  options: {
    profile: EdgeXProfile.STANDARD,
    ui: true,
    ingress: EdgeXIngress.traefik({ host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" }),
    monitoring: true,
    allowedNamespaces: ["apps"],
    databaseSecret: "database",
    brokerSecret: "broker",
    credentialsVersion: "2",
    mail: { host: "mail.example.com", sender: "line@example.com", secret: "mail" },
    outbound: { "edgex-support-scheduler": [{ cidrs: ["10.9.0.0/16"], ports: [{ port: 443 }] }] },
  },
  fill: (model) => {
    addServices(model, ...Object.keys(SERVICES));
    addFlows(model);
  },
  secrets: ["database", "broker", "line-tls", "line-users", "mail", "cameras", "cloud-broker", "cloud-certificate", "history-token"],
};

/** Has each rendered by a real Helm, for the oldest and the newest Kubernetes, and looked at. */
export function describeReleases(releases: readonly Release[]): void {
  describeHelm("EdgeX as a real Helm renders it:", () => {
    describe.each(releases.map((release) => [release.name, release] as const))("%s", (_, { options, fill, secrets }) => {
      const model = new EdgeXModel("stack/EdgeX", options);
      fill(model);
      const { values } = model;

      test("nothing of it does not go together", () => {
        expect(model.errors).toEqual([]);
      });

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
}
