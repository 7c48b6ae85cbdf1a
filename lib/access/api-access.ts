import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { MecError, got } from "../errors";
import type { ApiAccessTarget, ApiEndpoint, IApiAccess } from "../microk8s/api-access";
import { MICROK8S_PORTS } from "../microk8s/ports";
import { assertCidr, isEverywhere } from "../wavelength/address-plan";

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
    return new CarrierIpAccess(props.allowedCidrs);
  }

  /** Makes what the way needs, inside the given scope. */
  public abstract bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint;
}

function url(host: string): string {
  return `https://${host}:${MICROK8S_PORTS.api}`;
}

/** One rule for each network; the network itself is the key, so that a change of order moves nothing. */
function allow(scope: Construct, target: ApiAccessTarget, cidrs: readonly string[]): VpcSecurityGroupIngressRule[] {
  for (const cidr of cidrs) {
    assertCidr(scope.node.path, cidr);
    if (isEverywhere(cidr)) {
      throw new MecError(
        "MEC1201",
        scope.node.path,
        `${got(cidr)} in allowedCidrs: the Kubernetes API is not for everybody, so write the networks that you administer from, such as "203.0.113.7/32"`,
      );
    }
  }
  return [...new Set(cidrs)].map(
    (cidr) =>
      new VpcSecurityGroupIngressRule(scope, `Api-${cidr.replace(/[./]/g, "-")}`, {
        securityGroupId: target.securityGroupId,
        description: "Kubernetes API",
        cidrIpv4: cidr,
        ipProtocol: "tcp",
        fromPort: MICROK8S_PORTS.api,
        toPort: MICROK8S_PORTS.api,
      }),
  );
}

class PrivateNetworkAccess extends ApiAccess {
  public constructor(private readonly allowedCidrs: readonly string[]) {
    super();
  }

  public bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint {
    const rules = allow(scope, target, [target.network.vpcCidr, ...this.allowedCidrs]);
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
      Annotations.of(scope).addWarning(
        `The carrier gateway of ${zone.name} lets no TCP connection in from the internet, only from devices in the carrier's network: ` +
          `use ApiAccess.privateNetwork() to administer from elsewhere`,
      );
    }
    return { url: url(target.carrierIp), dependables: allow(scope, target, this.allowedCidrs) };
  }
}
