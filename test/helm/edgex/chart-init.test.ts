import { describeHelm, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { changed, renderedChart } from "./support/chart";
import { CHART_VALUES } from "./support/chart-values";

describeHelm("the chart of EdgeX: what runs before a service", () => {
  const { render, one, podOf } = renderedChart();

  const before = (name: string, all?: readonly KubernetesObject[]) => (podOf(name, all).initContainers ?? []) as KubernetesObject[];

  test("waits for the configuration of this release, where the service is to, so that a change of it starts the service anew", () => {
    const waiting = Object.entries(CHART_VALUES.services as Record<string, { waitsForConfiguration?: boolean }>);
    for (const [name, { waitsForConfiguration = false }] of waiting) {
      expect(
        before(name)
          .map(({ name: init }) => init)
          .includes("wait-for-configuration"),
      ).toBe(waitsForConfiguration);
    }
    const [wait] = before("edgex-core-metadata");
    expect(wait.image).toBe("docker.io/edgexfoundry/core-metadata:4.0.1");
    expect(wait.command.slice(0, 2)).toEqual(["/bin/sh", "-c"]);
    expect(wait.command.slice(3)).toEqual(["wait", CHART_VALUES.revision]);
    const [other] = before("edgex-core-metadata", render(changed((values) => (values.revision = "1".repeat(64)))));
    expect(other.command.at(-1)).toBe("1".repeat(64));
  });

  test("is, last of all, what puts Secrets into files in memory, so that what the service brings does not overwrite them", () => {
    const values = changed(({ services }) => {
      services["edgex-core-keeper"].init = [{ name: "seed", command: ["/bin/true", "$(id)"] }];
      services["edgex-core-keeper"].volumes = [{ name: "etc", path: "/edgex/etc", size: "8Mi" }];
      services["edgex-core-keeper"].configuration["/edgex/etc/own.yaml"] = "{}";
      services["edgex-core-keeper"].configuration["/edgex/etc/sources/other.yaml"] = "{}";
    });
    const all = render(values);
    expect(typeFaults(all)).toEqual([]);
    expect(podFaults(all)).toEqual([]);
    const pod = podOf("edgex-core-keeper", all);
    expect(before("edgex-core-keeper", all).map(({ name }) => name)).toEqual(["seed", "configure"]);
    const [seed, configure] = before("edgex-core-keeper", all);
    expect(seed!.command).toEqual(["/bin/true", "$(id)"]);
    const paths = ["/edgex/config/configuration.yaml", "/edgex/etc/own.yaml", "/edgex/etc/sources/other.yaml"];
    expect(configure!.command.slice(3)).toEqual(["configure", ...paths]);
    expect(one("ConfigMap", "edgex-core-keeper-configuration", all).data).toEqual({
      "0": CHART_VALUES.services["edgex-core-keeper"].configuration["/edgex/config/configuration.yaml"],
      "1": "{}",
      "2": "{}",
    });
    // A directory that is a volume of the service already is not made again.
    const own = [
      { name: "tmp", mountPath: "/tmp" },
      { name: "volume-etc", mountPath: "/edgex/etc" },
      { name: "configuration-0", mountPath: "/edgex/config" },
      { name: "configuration-1", mountPath: "/edgex/etc/sources" },
    ];
    expect(pod.containers[0].volumeMounts).toEqual(own);
    expect(seed!.volumeMounts).toEqual(own);
    expect(configure!.volumeMounts).toEqual([
      ...own,
      { name: "templates", mountPath: "/mec/templates", readOnly: true },
      { name: "template-secret-0", mountPath: "/mec/secrets/edgex-database", readOnly: true },
    ]);
    expect(pod.volumes.filter(({ name }: KubernetesObject) => name.startsWith("configuration-"))).toEqual(
      [0, 1].map((number) => ({ name: `configuration-${number}`, emptyDir: { medium: "Memory", sizeLimit: "8Mi" } })),
    );
  });

  test("has what is asked for before a service, and what the service has mounted", () => {
    const [passwords] = before("edgex-mqtt-broker");
    expect(passwords).toMatchObject({ image: "docker.io/library/eclipse-mosquitto:2.0.22", resources: CHART_VALUES.initResources });
    expect(passwords!.command[3]).toBe("/edgex/credentials/password");
    expect(passwords!.volumeMounts).toEqual(podOf("edgex-mqtt-broker").containers[0].volumeMounts);
    expect(before("edgex-ui-go")).toEqual([]);
  });
});
