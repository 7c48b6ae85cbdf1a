import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { TerraformOutput, TerraformStack, type App } from "cdktf";
import {
  Connections,
  Duration,
  FlowLogs,
  IpAddresses,
  Peer,
  Port,
  WavelengthNetwork,
  WavelengthZone,
  WavelengthZoneOptIn,
} from "../../lib";
import type { Deployment } from "../deployment";

/** A stack of your own, with nothing of this library's but a network. */
export class VideoStack extends TerraformStack {
  /** The network. */
  public readonly network: WavelengthNetwork;

  public constructor(app: App, id: string, deployment: Deployment = {}) {
    super(app, id);
    deployment.backend?.bind(this);
    const zone = WavelengthZone.find({ city: "Los Angeles" });
    new AwsProvider(this, "Aws", { region: zone.parentRegion, s3UsePathStyle: deployment.aws?.s3UsePathStyle });

    this.network = new WavelengthNetwork(this, "Network", {
      zone,
      // Without this the account must be opted in already.
      optIn: new WavelengthZoneOptIn(this, "OptIn", { zone, acknowledgeAccountWide: true }),
      ipAddresses: IpAddresses.subnets({
        cidr: "10.80.0.0/22",
        carrier: "10.80.0.0/24",
        private: "10.80.1.0/24",
        parentPublic: "10.80.2.0/28",
        parentPrivate: "10.80.3.0/24",
      }),
      peerNetworks: ["10.81.0.0/16"],
      flowLogs: FlowLogs.toCloudWatch({ retention: Duration.days(7) }),
      tags: { product: "video" },
    });

    const group = new SecurityGroup(this, "Transcoders", {
      namePrefix: "transcoders-",
      description: "Transcoders at the edge",
      vpcId: this.network.vpcId,
      tags: { product: "video" },
    });
    const transcoders = new Connections(this, "TranscoderConnections", { name: "transcoders", securityGroupId: group.id, zone });
    transcoders.allowFromCarrier(Port.tcp(443), "players on phones");
    transcoders.allowFrom(Peer.cidr("10.81.0.0/16"), Port.tcpRange(8000, 8010), "contribution feeds");

    new TerraformOutput(this, "subnets", {
      value: {
        carrier: this.network.carrierSubnet.subnetId,
        private: this.network.privateSubnet().subnetId,
        parentPrivate: this.network.parentPrivateSubnet().subnetId,
      },
    });
  }
}
