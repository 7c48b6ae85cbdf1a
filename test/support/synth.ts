import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

/** A synthesized stack: the parsed `cdk.tf.json`. */
export type StackJson = Record<string, any>;

/** Synthesizes an app for real, annotations and validations included, and gives each stack's parsed JSON. */
export function synthApp(build: (app: App) => void, context?: Record<string, unknown>): Record<string, StackJson> {
  const outdir = mkdtempSync(join(tmpdir(), "mec-synth-"));
  try {
    const app = new App({ outdir, context });
    build(app);
    app.synth();
    const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    return Object.fromEntries(
      Object.entries<any>(manifest.stacks).map(([name, stack]) => [
        name,
        {
          ...JSON.parse(readFileSync(join(outdir, stack.synthesizedStackPath), "utf8")),
          dependencies: stack.dependencies,
          annotations: stack.annotations,
        },
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Synthesizes one stack with an AWS provider. */
export function synthStack(build: (stack: TerraformStack) => void, region = "us-east-1"): StackJson {
  return synthApp((app) => {
    const stack = new TerraformStack(app, "stack");
    new AwsProvider(stack, "Aws", { region });
    build(stack);
  }).stack;
}

/** All resources of a type. */
export function resources(json: StackJson, type: string): any[] {
  return Object.values(json.resource?.[type] ?? {});
}

/** The one resource of a type. */
export function resource(json: StackJson, type: string): any {
  const found = resources(json, type);
  if (found.length !== 1) {
    throw new Error(`expected one ${type}, found ${found.length}`);
  }
  return found[0];
}

/** The one resource of a type that belongs to the construct `Cluster`, and not to its network. */
export function clusterBlock(json: StackJson, type: string): any {
  const found = Object.entries<any>(json.resource?.[type] ?? {}).filter(([id]) => id.startsWith("Cluster"));
  if (found.length !== 1) {
    throw new Error(`expected one ${type} of the cluster, found ${found.length}`);
  }
  return found[0][1];
}

/** A parameter by the last part of its name. */
export function parameter(json: StackJson, name: string): any {
  return resources(json, "aws_ssm_parameter").find((candidate) => candidate.name.endsWith(`/${name}`));
}

/** Messages of the warnings that a stack's constructs carry. */
export function warnings(json: StackJson): string[] {
  return json.annotations.filter(({ level }: any) => level === "@cdktf/warn").map(({ message }: any) => message);
}

/** What a snapshot compares: the JSON without versions, metadata and paths of the machine. */
export function snapshotOf(json: StackJson): StackJson {
  const copy = JSON.parse(JSON.stringify(json), (key, value) => (key === "//" ? undefined : value));
  delete copy.terraform.backend;
  delete copy.annotations;
  for (const provider of Object.values<any>(copy.terraform.required_providers)) {
    delete provider.version;
  }
  for (const state of Object.values<any>(copy.data?.terraform_remote_state ?? {})) {
    state.config.path = state.config.path.replace(/^.*\//, "<state>/");
  }
  for (const [name, variable] of Object.entries<any>(copy.variable ?? {})) {
    if (name.endsWith("_kubeconfig")) {
      variable.default = variable.default.replace(/^.*\//, "<kubeconfig>/");
    }
  }
  for (const object of resources(copy, "aws_s3_object")) {
    object.source = "<asset>";
  }
  // Values with what only the apply knows are a template, and no JSON.
  for (const release of resources(copy, "helm_release")) {
    release.values = release.values?.map((values: string) =>
      values.startsWith("{") && !values.includes("${") ? JSON.parse(values) : values,
    );
  }
  // The generation changes with each agent.
  const text = JSON.stringify(copy)
    .replace(/[0-9a-f]{64}/g, "<sha256>")
    .replace(/(\.\/assets\/[\w-]+\/)[0-9A-F]{32}/g, "$1<digest>");
  return JSON.parse(text.replace(/(\\"generation\\":\\"|\.id\}-)[0-9a-f]{8}(?=\\?")/g, "$1<generation>"));
}
