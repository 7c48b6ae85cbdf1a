import { libraryWithAddOns } from "../../bench/apps";
import { resources, synthApp } from "../support/synth";

test("what is measured is the infrastructure and three stacks of Helm add-ons", () => {
  const stacks = synthApp((app) => libraryWithAddOns(app));
  const releases = Object.entries(stacks).map(([name, json]) => [
    name,
    resources(json, "helm_release")
      .map((release) => release.name)
      .sort(),
  ]);
  expect(Object.fromEntries(releases)).toEqual({
    "sandbox-infrastructure": [],
    "sandbox-certificates": ["cert-manager"],
    "sandbox-storage": ["hostpath-storage"],
    "sandbox-prometheus": ["prometheus", "prometheus-mec"],
  });
});
