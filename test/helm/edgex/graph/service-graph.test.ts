import { Size } from "../../../../lib";
import { commonConfiguration } from "../../../../lib/helm/edgex/common-configuration";
import { bootstrapperJob } from "../../../../lib/helm/edgex/graph/keeper";
import { ownServices } from "../../../../lib/helm/edgex/graph/own-services";
import { serviceGraph } from "../../../../lib/helm/edgex/graph/service-graph";
import type { ServiceNode } from "../../../../lib/helm/edgex/graph/service-node";
import { someSettings } from "../support/settings";

const node = (name: string, more: Partial<ServiceNode> = {}): ServiceNode => ({
  name,
  purpose: "test",
  image: `docker.io/example/${name}:1.0.0`,
  ports: [{ name: "http", port: 8080 }],
  probe: { tcp: { port: 8080 } },
  resources: { cpuMillis: 10, memory: Size.mebibytes(16), memoryLimit: Size.mebibytes(32) },
  talksTo: [],
  ...more,
});

describe("serviceGraph", () => {
  test("has core-keeper look after whatever registers with it", () => {
    const { services } = serviceGraph(
      "p",
      [node("edgex-core-keeper"), node("b", { args: ["--registry"] }), node("a", { args: ["-r"] }), node("c")],
      [],
    );
    expect(services.find(({ name }) => name === "edgex-core-keeper")!.talksTo).toEqual([
      { service: "a", port: 8080 },
      { service: "b", port: 8080 },
    ]);
    expect(services.map(({ name }) => name)).toEqual(["a", "b", "c", "edgex-core-keeper"]);
  });

  test("has each talk once", () => {
    const talk = { service: "b", port: 8080 };
    expect(serviceGraph("p", [node("a", { talksTo: [talk, { ...talk }] }), node("b")], []).services[0].talksTo).toEqual([talk]);
  });

  test.each([
    [
      "what is not there",
      [node("a", { talksTo: [{ service: "b", port: 1 }] })],
      /MEC1477\] p: got "b:1" as what a talks to: there is no such service in this EdgeX, so write one of a:8080/,
    ],
    ["another port", [node("a", { talksTo: [{ service: "b", port: 1 }] }), node("b")], /MEC1477\].*it does not answer at that port/],
    ["two of one name", [node("a"), node("a")], /MEC1477\] p: got two services named a/],
  ])("refuses %s", (_, services, error) => {
    expect(() => serviceGraph("p", services, [])).toThrow(error);
  });

  test("refuses files that no ConfigMap holds", () => {
    const files = (bytes: number) => [{ path: "/edgex/devices", files: { "a.json": "x".repeat(bytes) } }];
    expect(() => serviceGraph("p", [node("a", { files: files(999_000) })], [])).not.toThrow();
    expect(() => serviceGraph("p", [node("a", { files: files(1_000_000) })], [])).toThrow(
      /MEC1483\] p: got 1000006 bytes of files for \/edgex\/devices of a: /,
    );
    const configuration = { "/edgex/config/configuration.yaml": { text: "x".repeat(1_000_000) } };
    expect(() => serviceGraph("p", [node("a", { configuration })], [])).toThrow(/MEC1483.*for the configuration of a/);
  });

  test("refuses a job that has the name of a service, and one that talks to a job", () => {
    const job = { ...node("a"), probe: undefined, ports: undefined };
    expect(() => serviceGraph("p", [node("a")], [job])).toThrow(/MEC1477.*two services named a/);
    expect(() => serviceGraph("p", [node("b", { talksTo: [{ service: "a", port: 8080 }] })], [job])).toThrow(
      /MEC1477.*there is no such service/,
    );
  });
});

describe("services of EdgeX' own", () => {
  const settings = someSettings();
  const common = commonConfiguration(settings.secrets);
  // The rules engine, which the interface talks to, is another part's.
  const graph = serviceGraph(
    "p",
    [...ownServices(settings, []), node("edgex-kuiper", { ports: [{ name: "http", port: 59720 }] })],
    [bootstrapperJob(settings, common)],
  );
  const byName = Object.fromEntries(graph.services.map((service) => [service.name, service]));

  test("answer at the ports that EdgeX documents", () => {
    const ports = Object.fromEntries(graph.services.map(({ name, ports = [] }) => [name, ports.map(({ port }) => port)]));
    expect(ports).toEqual({
      "edgex-core-command": [59882],
      "edgex-core-data": [59880],
      "edgex-core-keeper": [59890],
      "edgex-core-metadata": [59881],
      "edgex-kuiper": [59720],
      "edgex-mqtt-broker": [1883],
      "edgex-postgres": [5432],
      "edgex-support-notifications": [59860],
      "edgex-support-scheduler": [59863],
      "edgex-ui-go": [4000],
    });
  });

  test("are there by the switches of the profile", () => {
    const off = { coreData: false, notifications: false, scheduler: false, rulesEngine: false, ui: false };
    const names = (props: Parameters<typeof someSettings>[0]) => ownServices(someSettings(props), []).map(({ name }) => name);
    const least = names(off);
    expect(least).toEqual(["edgex-postgres", "edgex-mqtt-broker", "edgex-core-keeper", "edgex-core-metadata", "edgex-core-command"]);
    expect(names({ ...off, coreData: true })).toEqual([...least, "edgex-core-data"]);
    expect(names({ ...off, notifications: true })).toEqual([...least, "edgex-support-notifications"]);
    expect(names({ ...off, scheduler: true })).toEqual([...least, "edgex-support-scheduler"]);
    expect(names({ ...off, ui: true })).toEqual([...least, "edgex-ui-go"]);
  });

  test("trap 1: PostgreSQL 18 has its volume above the directory that it writes to", () => {
    const { volumes = [], image } = byName["edgex-postgres"];
    expect(image).toMatch(/\/postgres:18\./);
    expect(volumes.filter(({ claim }) => claim)).toEqual([
      { name: "data", path: "/var/lib/postgresql", size: "10240Mi", claim: true, storageClass: "microk8s-hostpath" },
    ]);
  });

  test("trap 3: the bootstrapper is run without its entry point, which never ends", () => {
    expect(graph.jobs).toHaveLength(1);
    expect(graph.jobs[0]).toMatchObject({
      name: "edgex-core-common-config-bootstrapper",
      command: ["/core-common-config-bootstrapper"],
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "-o", "-cd=/edgex/config"],
      configuration: { "/edgex/config/configuration.yaml": common.values },
    });
  });

  test("trap 5: the interface is told the scheduler's port of EdgeX 4.0, and core-keeper as registry", () => {
    expect(byName["edgex-ui-go"].env).toMatchObject({
      CLIENTS_SUPPORT_SCHEDULER_PORT: "59863",
      REGISTRY_HOST: "edgex-core-keeper",
      REGISTRY_PORT: "59890",
      REGISTRY_TYPE: "keeper",
    });
  });

  test("trap 7: no password is anywhere, and none goes by environment", () => {
    const text = JSON.stringify(graph);
    expect(text).not.toMatch(/"password":"(?!@@)/i);
    for (const { name, env = {} } of [...graph.services, ...graph.jobs]) {
      for (const [key, value] of Object.entries(env)) {
        expect(`${name} ${key} ${value}`).not.toMatch(/@@/);
        // The one password that is told of by the environment is in a file.
        expect(/PASS|SECRETDATA/i.test(key) ? value : "/edgex/secrets/").toMatch(/^\/edgex\/secrets\//);
      }
    }
  });

  test("trap 7: who connects to the database and the bus has the credentials of the Secrets", () => {
    const wanted = {
      DB: { SecretName: "postgres", SecretData: { username: "@@edgex-database/username@@", password: "@@edgex-database/password@@" } },
    };
    const bus = {
      MessageBus: { SecretName: "mqtt-bus", SecretData: { username: "@@edgex-broker/username@@", password: "@@edgex-broker/password@@" } },
    };
    const secretsOf = (name: string) =>
      byName[name].configuration!["/edgex/config/configuration.yaml"] as { Writable: { InsecureSecrets: object } };
    expect(secretsOf("edgex-core-keeper").Writable.InsecureSecrets).toEqual({ ...wanted, ...bus });
    // The configuration of the scheduler's image has the password "postgres", which would go before the common one.
    expect(secretsOf("edgex-support-scheduler").Writable.InsecureSecrets).toEqual(wanted);
    expect(common.values["all-services"]).toMatchObject({
      Writable: { InsecureSecrets: { ...wanted, ...bus } },
      MessageBus: { AuthMode: "usernamepassword", SecretName: "mqtt-bus", Host: "edgex-mqtt-broker", Port: 1883 },
    });
  });

  test("the broker takes nobody without a name and a password", () => {
    const [{ files }] = byName["edgex-mqtt-broker"].files!;
    expect(files["mosquitto.conf"].split("\n")).toEqual(expect.arrayContaining(["allow_anonymous false", "persistence false"]));
    expect(byName["edgex-mqtt-broker"].init![0].command[2]).toContain("mosquitto_passwd -U");
  });

  test("all but core-keeper and what is none of EdgeX' wait for the configuration of this release", () => {
    const waiting = graph.services.filter(({ waitsForConfiguration }) => waitsForConfiguration).map(({ name }) => name);
    expect(waiting).toEqual([
      "edgex-core-command",
      "edgex-core-data",
      "edgex-core-metadata",
      "edgex-support-notifications",
      "edgex-support-scheduler",
    ]);
    for (const name of waiting) {
      expect(byName[name].talksTo).toEqual(expect.arrayContaining([{ service: "edgex-core-keeper", port: 59890 }]));
    }
  });

  test("each of EdgeX' own overwrites what was changed while it ran, and waits for the others for ten minutes", () => {
    for (const { args = [], env = {} } of graph.services) {
      if (args.includes("--registry")) {
        expect(env).toMatchObject({ EDGEX_OVERWRITE_CONFIG: "true", EDGEX_STARTUP_DURATION: "600", EDGEX_SECURITY_SECRET_STORE: "false" });
      }
    }
  });

  test("core-command talks to each device service", () => {
    const command = ownServices(settings, [node("edgex-device-virtual", { ports: [{ name: "http", port: 59900 }] })]).find(
      ({ name }) => name === "edgex-core-command",
    )!;
    expect(command.talksTo).toContainEqual({ service: "edgex-device-virtual", port: 59900 });
  });

  test("core-data waits for metadata, without which it ends at once", () => {
    expect(byName["edgex-core-data"].init).toEqual([
      { name: "wait-for-metadata", command: ["/bin/sh", "-c", expect.stringContaining("http://edgex-core-metadata:59881/api/v3/ping")] },
    ]);
  });

  test("retention is in hours", () => {
    expect(byName["edgex-core-data"].env).toMatchObject({
      RETENTION_DEFAULTDURATION: "168h",
      CLIENTS_CORE_METADATA_HOST: "edgex-core-metadata",
    });
  });
});

describe("commonConfiguration", () => {
  const secrets = { database: "edgex-database", broker: "edgex-broker" };

  test("is known by a digest that changes with anything of it", () => {
    const one = commonConfiguration(secrets);
    expect(one.revision).toMatch(/^[0-9a-f]{64}$/);
    expect(one.values.mec).toEqual({ Revision: one.revision });
    expect(commonConfiguration(secrets)).toEqual(one);
    expect(commonConfiguration({ ...secrets, broker: "other" }).revision).not.toBe(one.revision);
    const telemetry = commonConfiguration(secrets, { "all-services": { Writable: { Telemetry: { Interval: "10s" } } } });
    expect(telemetry.revision).not.toBe(one.revision);
    expect(telemetry.values["all-services"]).toMatchObject({ Writable: { Telemetry: { Interval: "10s" } }, Registry: { Type: "keeper" } });
  });

  test("is written section by section, the digest last: who has it has all of it", () => {
    const keys = Object.keys(commonConfiguration(secrets).values).sort();
    expect(keys).toEqual(["all-services", "app-services", "device-services", "mec"]);
  });
});
