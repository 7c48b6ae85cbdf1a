import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { AssetType, TerraformAsset, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { agentArchive } from "./agent-archive";

/** Properties of {@link AgentSource}. */
export interface AgentSourceProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Tags of the bucket and the object. */
  readonly tags?: Record<string, string>;
}

/**
 * The private bucket that nodes fetch their agent from. The object's key is the agent's digest, which the user data names
 * too: a node runs exactly the agent of the library that made it.
 */
export class AgentSource extends Construct {
  /** Name of the bucket. @attribute */
  public readonly bucketName: string;
  /** ARN of the bucket. @attribute */
  public readonly bucketArn: string;
  /** Key of the agent in the bucket. */
  public readonly key: string;
  /** SHA-256 of the agent, in hexadecimal digits. */
  public readonly sha256: string;
  /** What must exist before a node can fetch the agent, and must outlive it. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: AgentSourceProps) {
    super(scope, id);
    const { file, sha256 } = agentArchive();
    this.sha256 = sha256;
    this.key = `agent/${sha256}.pyz`;

    const bucket = new S3Bucket(this, "Resource", {
      bucketPrefix: `mec-${props.clusterName}-`,
      // It holds nothing but the agent, which is made again from the library.
      forceDestroy: true,
      tags: props.tags,
    });
    const closed = new S3BucketPublicAccessBlock(this, "PublicAccessBlock", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const asset = new TerraformAsset(this, "Asset", { path: file, type: AssetType.FILE });
    const object = new S3Object(this, "Object", {
      bucket: bucket.id,
      key: this.key,
      source: asset.path,
      contentType: "application/zip",
      // An object takes ten tags at most, the bucket fifty: a site's tags are the bucket's, and the provider's default tags stay away too.
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [closed],
    });
    this.bucketName = bucket.id;
    this.bucketArn = bucket.arn;
    this.dependables = [object];
  }
}
