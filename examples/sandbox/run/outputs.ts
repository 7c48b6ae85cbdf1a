import { readFileSync } from "node:fs";

/** A node as the infrastructure stack tells it. */
export interface NodeOutput {
  readonly instance_id?: string;
  readonly private_ip?: string;
  readonly carrier_ip?: string;
}

/** Outputs of the infrastructure stack. */
export interface InfrastructureOutputs {
  readonly cluster_name: string;
  readonly region: string;
  readonly zone: string;
  /** URL of the API, such as `https://198.51.100.7:16443`. */
  readonly endpoint: string;
  /** By node name. */
  readonly nodes: Readonly<Record<string, NodeOutput>>;
}

/**
 * Reads the outputs of a stack from the file of `cdktf deploy --outputs-file`.
 *
 * @throws Error when the file or an output is not there
 */
export function readOutputs(path: string, stack: string): InfrastructureOutputs {
  const all = JSON.parse(readFileSync(path, "utf8")) as Record<string, Partial<InfrastructureOutputs> | undefined>;
  const outputs = all[stack] ?? {};
  const missing = (["cluster_name", "region", "zone", "endpoint", "nodes"] as const).filter((name) => outputs[name] === undefined);
  if (missing.length > 0) throw new Error(`stack ${stack} has no output ${missing.join(", ")} (${path})`);
  return outputs as InfrastructureOutputs;
}
