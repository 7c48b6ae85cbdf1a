import { StateBackend, type AwsAccess } from "../stacks";

/** Where an example is deployed to; nothing of it is needed on AWS. */
export interface Deployment {
  /** How AWS is reached. */
  readonly aws?: AwsAccess;
  /** Where the Terraform state is kept. */
  readonly backend?: StateBackend;
}

/**
 * Reads from the environment what a deploy to something that is not AWS needs.
 *
 * @param environment `MEC_STATE_DIRECTORY` is the absolute folder of the Terraform state, `MEC_S3_USE_PATH_STYLE` is `true` for an
 *   emulator's buckets
 */
export function readDeployment(environment: Readonly<Record<string, string | undefined>>): Deployment {
  const { MEC_STATE_DIRECTORY: directory, MEC_S3_USE_PATH_STYLE: pathStyle } = environment;
  return {
    aws: pathStyle === "true" ? { s3UsePathStyle: true } : undefined,
    backend: directory ? StateBackend.local(directory) : undefined,
  };
}
