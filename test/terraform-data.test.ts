import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformData } from "../lib/terraform-data";
import { bostonCluster } from "./support/cluster";
import { resources, synthStack } from "./support/synth";

test("is the built-in resource with its texts", () => {
  const json = synthStack(
    (stack) => void new TerraformData(stack, "Data", { input: { text: "x" }, lifecycle: { ignoreChanges: ["input"] } }),
  );
  expect(resources(json, "terraform_data")).toMatchObject([{ input: { text: "x" }, lifecycle: { ignore_changes: ["input"] } }]);
});

test("a cluster is synthesized where there is no Terraform, and no other program either", () => {
  const nothing = mkdtempSync(join(tmpdir(), "mec-no-programs-"));
  const path = process.env.PATH;
  try {
    process.env.PATH = nothing;
    const json = synthStack((stack) => void bostonCluster(stack, { controlPlane: { count: 3 } }));
    expect(resources(json, "terraform_data")).toHaveLength(4);
  } finally {
    process.env.PATH = path;
    rmSync(nothing, { recursive: true });
  }
});
