import { describeHelm, type KubernetesObject } from "../support/helm";
import { changed, renderedChart } from "./support/chart";

describeHelm("the chart of EdgeX: jobs", () => {
  const { render, objects, of, jobOf } = renderedChart();

  const BOOTSTRAPPER = "edgex-core-common-config-bootstrapper";

  test("end: they run their own command, with no probe, and have no Service (trap 3)", () => {
    const { spec } = jobOf(BOOTSTRAPPER);
    const pod = spec.template.spec;
    expect(pod).toMatchObject({ restartPolicy: "OnFailure", hostname: BOOTSTRAPPER });
    expect(pod.containers[0].command).toEqual(["/core-common-config-bootstrapper"]);
    expect(Object.keys(pod.containers[0]).filter((key) => key.endsWith("Probe") || key === "ports")).toEqual([]);
    expect(of("Service").map(({ metadata }) => metadata.name)).not.toContain(BOOTSTRAPPER);
    // Hooks would wait for services that wait for them.
    expect(objects.filter(({ metadata }) => metadata.annotations?.["helm.sh/hook"] !== undefined)).toEqual([]);
  });

  test.each<[string, (values: KubernetesObject) => void]>([
    ["configuration", ({ jobs }) => (jobs[BOOTSTRAPPER].configuration["/edgex/config/configuration.yaml"] = "{}")],
    ["image", ({ jobs }) => (jobs[BOOTSTRAPPER].image = "docker.io/edgexfoundry/core-common-config-bootstrapper:4.0.2")],
    ["environment", ({ jobs }) => (jobs[BOOTSTRAPPER].env.A = "1")],
    ["requests", ({ jobs }) => (jobs[BOOTSTRAPPER].resources.requests.cpu = "20m")],
    ["requests of what runs before", ({ initResources }) => (initResources.requests.cpu = "20m")],
  ])("are made anew, under another name, where the %s of one is another, and others stay", (_, change) => {
    const all = render(changed(change));
    expect(jobOf(BOOTSTRAPPER, all).metadata.name).not.toBe(jobOf(BOOTSTRAPPER).metadata.name);
    expect(jobOf("edgex-update-devices", all)).toEqual(jobOf("edgex-update-devices"));
  });

  test("are not made anew where what may reach others is another", () => {
    const all = render(changed(({ services }) => (services["edgex-device-rest"].inbound = [])));
    expect(of("Job", all)).toEqual(of("Job"));
  });
});
