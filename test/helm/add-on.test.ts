import { synthApp } from "../support/synth";
import { addOnStack, bostonSite, SomeAddOn } from "./support/add-ons";

test("a release", () => {
  const json = synthApp((app) => {
    const { cluster } = bostonSite(app);
    new SomeAddOn(addOnStack(app), "One", { cluster, values: { b: 1, a: { c: "${x}" } } });
  })["add-ons"];
  expect(json.dependencies).toEqual(["boston-infrastructure"]);
});
