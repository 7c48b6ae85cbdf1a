import type { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { warn } from "../annotations";
import { MecError, got } from "../errors";
import type { ApiAccessTarget, ApiEndpoint, IApiAccess } from "../microk8s/api-access";
import { MICROK8S_PORTS } from "../microk8s/ports";
import { areEverywhere } from "../wavelength/cidr";
import { vpcPeers } from "../wavelength/network-interface";
import type { Peer } from "../wavelength/peer";
import { Port } from "../wavelength/port";
import { allowedPeers } from "./allowed-networks";
import type { RegionGatewayAccessProps } from "./region-gateway/props";
import { RegionGateway } from "./region-gateway/region-gateway";
import { regionGatewaySettings } from "./region-gateway/settings";

/** Properties of {@link ApiAccess.privateNetwork}. */
export interface PrivateNetworkAccessProps {
  /**
   * Networks beside the VPC itself that may reach the API, such as a VPN's or a peered VPC's.
   * @default - the VPC alone
   */
  readonly allowedCidrs?: readonly string[];
}

/** Properties of {@link ApiAccess.carrierIp}. */
export interface CarrierIpAccessProps {
  /** Networks that may reach the API, such as `203.0.113.7/32`; neither empty nor everybody. */
  readonly allowedCidrs: readonly string[];
}

/** Properties of {@link ApiAccess.sessionManager}. */
export interface SessionManagerAccessProps {
  /**
   * Port on your machine that the API is forwarded to, 1024 to 65535.
   * @default 16443
   */
  readonly localPort?: number;
}

/** How the Kubernetes API of a cluster is reached. Changing one way for another replaces no node. */
export abstract class ApiAccess implements IApiAccess {
  /**
   * By the first control-plane node's private IP: from inside the VPC, or from what is routed to it (VPN, peering).
   *
   * @param props who may come in beside the VPC
   * @throws {MecError} when bound: MEC1003 for what is no network, MEC1201 for a network that is everybody
   */
  public static privateNetwork(props: PrivateNetworkAccessProps = {}): ApiAccess {
    return new PrivateNetworkAccess(props.allowedCidrs ?? []);
  }

  /**
   * By the first control-plane node's carrier IP. The internet reaches it only in the zones of eu-west-3; elsewhere only
   * devices in the carrier's network do, and the construct carries a warning.
   *
   * @param props who may come in
   * @throws {MecError} when bound: MEC1003 for what is no network, MEC1201 for nobody or everybody
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
   */
  public static carrierIp(props: CarrierIpAccessProps): ApiAccess {
    return new CarrierIpAccess(props.allowedCidrs ?? []);
  }

  /**
   * By a small host in the parent Region: HAProxy passes TLS on to the control plane's private addresses, and only the networks that are
   * named reach it. It works from anywhere, whatever the zone's carrier gateway lets in, and is made of an EC2 instance, an Elastic IP and
   * the network's public subnet in the parent Region.
   *
   * @param props who may come in, and how the host is made
   * @throws {MecError} when bound: MEC1003 and MEC1024 for what is no network, MEC1201 for nobody or everybody, MEC1203 for an
   *   acknowledgement of nothing, MEC1020 for the port, MEC1202 for the MTU; MEC1013 and MEC1017 where the network has no public subnet
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
   */
  public static regionGateway(props: RegionGatewayAccessProps): ApiAccess {
    return new RegionGatewayAccess(props);
  }

  /**
   * By a port on your own machine, which a session of Session Manager forwards to the first control-plane node: nothing is opened for
   * anybody, and IAM decides who may. The session is opened by hand, before each plan or apply of an add-on stack: `accessCommand` of the
   * cluster, and the output `access_command` of `InfrastructureStack`, give the command.
   *
   * The node itself installs Session Manager's agent where an image lacks it, once it is ready. Systems Manager is named as usable in
   * Wavelength Zones; a session from end to end is not described by AWS.
   *
   * @param props the local port
   * @throws {MecError} when bound: MEC1020 for what is no port
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-sessions-start.html
   */
  public static sessionManager(props: SessionManagerAccessProps = {}): ApiAccess {
    return new SessionManagerAccess(props.localPort ?? MICROK8S_PORTS.api);
  }

  /** Makes what the way needs, inside the given scope. */
  public abstract bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint;
}

function url(host: string, port: number = MICROK8S_PORTS.api): string {
  return `https://${host}:${port}`;
}

/** The peers, none of which is everybody. */
function somebody(scope: Construct, cidrs: readonly string[]): Peer[] {
  const peers = allowedPeers(scope, cidrs);
  if (areEverywhere(cidrs)) {
    throw new MecError(
      "MEC1201",
      scope.node.path,
      `${got(cidrs)} as allowedCidrs: the Kubernetes API is not for everybody, so write the networks that you administer from, such as "203.0.113.7/32"`,
    );
  }
  return peers;
}

function allow({ connections }: ApiAccessTarget, peers: readonly Peer[]): VpcSecurityGroupIngressRule[] {
  return peers.flatMap((peer) => connections.allowFrom(peer, Port.tcp(MICROK8S_PORTS.api), "Kubernetes API"));
}

class PrivateNetworkAccess extends ApiAccess {
  public constructor(private readonly allowedCidrs: readonly string[]) {
    super();
  }

  public bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint {
    const rules = allow(target, [...vpcPeers(target.network), ...somebody(scope, this.allowedCidrs)]);
    return { url: url(target.controlPlaneAddresses[0]), dependables: rules };
  }
}

class CarrierIpAccess extends ApiAccess {
  public constructor(private readonly allowedCidrs: readonly string[]) {
    super();
  }

  public bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint {
    if (this.allowedCidrs.length === 0) {
      throw new MecError(
        "MEC1201",
        scope.node.path,
        `${got([])} as allowedCidrs: nobody could reach the Kubernetes API, so write the networks that you administer from, such as "203.0.113.7/32"`,
      );
    }
    const { zone } = target.network;
    if (!zone.acceptsInboundTcp) {
      warn(
        scope,
        "MEC1904",
        `got ApiAccess.carrierIp in ${zone}: its carrier gateway lets no TCP connection in from the internet, only from devices in the carrier's network, so write ` +
          `ApiAccess.regionGateway({ allowedCidrs }) to administer from elsewhere`,
      );
    }
    return { url: url(target.carrierIp), dependables: allow(target, somebody(scope, this.allowedCidrs)) };
  }
}

class SessionManagerAccess extends ApiAccess {
  public constructor(private readonly localPort: number) {
    super();
  }

  public bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint {
    const { localPort } = this;
    if (!Number.isInteger(localPort) || localPort < 1024 || localPort > 65_535) {
      throw new MecError(
        "MEC1020",
        scope.node.path,
        `${got(localPort)} as localPort: a port that needs no rights is a whole number from 1024 to 65535, so write for example 16443`,
      );
    }
    const parameters = `portNumber=${MICROK8S_PORTS.api},localPortNumber=${localPort}`;
    const session = `aws ssm start-session --region ${target.network.zone.parentRegion} --document-name AWS-StartPortForwardingSession`;
    return {
      url: url("127.0.0.1", localPort),
      dependables: [],
      command: (instanceId) => `${session} --parameters ${parameters} --target ${instanceId}`,
    };
  }
}

class RegionGatewayAccess extends ApiAccess {
  public constructor(private readonly props: RegionGatewayAccessProps) {
    super();
  }

  public bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint {
    return new RegionGateway(scope, "RegionGateway", target, regionGatewaySettings(scope, this.props)).endpoint;
  }
}
