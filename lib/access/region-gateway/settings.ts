import type { Construct } from "constructs";
import { warn } from "../../annotations";
import { MecError, got } from "../../errors";
import { MachineImage } from "../../microk8s/machine-image";
import { MICROK8S_PORTS } from "../../microk8s/ports";
import { areEverywhere } from "../../wavelength/cidr";
import type { Peer } from "../../wavelength/peer";
import { RegionInstanceType } from "../../wavelength/region-instance-type";
import { allowedPeers } from "../allowed-networks";
import type { RegionGatewayAccessProps } from "./props";

/** What an interface may have: the least that every IPv6 link has (https://www.rfc-editor.org/rfc/rfc8200) and what the internet's paths take. */
const MTU = { min: 1280, max: 1500, default: 1300 } as const;

/** TCP ports that Ubuntu itself listens on: SSH and the local name resolver. */
const PORTS_OF_THE_HOST = [22, 53];

/** Rules in a security group unless more are asked for; one is for ICMP (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html). */
const MAX_NETWORKS = 60 - 1;

/** A region gateway with nothing left open. */
export interface RegionGatewaySettings {
  /** Who may come in. */
  readonly peers: readonly Peer[];
  /** TCP port that the gateway listens on. */
  readonly port: number;
  /** Largest packet of its interface, in bytes. */
  readonly mtu: number;
  /** Instance type of its host. */
  readonly instanceType: RegionInstanceType;
  /** Image its host starts from. */
  readonly machineImage: MachineImage;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param scope the construct of the gateway
 * @param props what a person wrote
 * @throws {MecError} MEC1003 and MEC1024 for what is no network, MEC1201 for everybody or nobody, MEC1203 for an acknowledgement of nothing,
 *   MEC1020 for the port, MEC1202 for the MTU
 */
export function regionGatewaySettings(scope: Construct, props: RegionGatewayAccessProps): RegionGatewaySettings {
  const {
    allowedCidrs = [],
    port = MICROK8S_PORTS.api,
    mtu = MTU.default,
    instanceType = RegionInstanceType.T3_MICRO,
    machineImage = MachineImage.UBUNTU_24_04,
  } = props;
  const { path } = scope.node;
  const peers = allowedPeers(scope, allowedCidrs);
  assertSomebody(path, props);
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || PORTS_OF_THE_HOST.includes(port)) {
    throw new MecError(
      "MEC1020",
      path,
      `${got(port)} as port: a port is a whole number from 1 to 65535, and ${PORTS_OF_THE_HOST.join(" and ")} are the host's own, so write for example 16443`,
    );
  }
  if (!Number.isInteger(mtu) || mtu < MTU.min || mtu > MTU.max) {
    throw new MecError(
      "MEC1202",
      path,
      `${got(mtu)} as mtu: it is a whole number of bytes from ${MTU.min} to ${MTU.max} and the path to a Wavelength Zone takes 1,300, so write ${MTU.default}, or nothing`,
    );
  }
  const networks = new Set(allowedCidrs).size;
  if (networks > MAX_NETWORKS) {
    warn(
      scope,
      "MEC1909",
      `got ${networks} networks as allowedCidrs: a security group takes 60 rules by default and one is for ICMP, so write larger networks, or ask for more with ` +
        "`aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-0EA8095F` unless you did",
    );
  }
  return { peers, port, mtu, instanceType, machineImage };
}

/** Whether the networks are somebody, or the user said outright that everybody is meant. */
function assertSomebody(path: string, { allowedCidrs = [], acknowledgeOpenToTheInternet }: RegionGatewayAccessProps): void {
  if (allowedCidrs.length === 0) {
    throw new MecError(
      "MEC1201",
      path,
      `${got([])} as allowedCidrs: nobody could reach the Kubernetes API, so write the networks that you administer from, such as "203.0.113.7/32", ` +
        "or, for the VPC alone, ApiAccess.privateNetwork()",
    );
  }
  const everybody = areEverywhere(allowedCidrs);
  if (everybody && acknowledgeOpenToTheInternet !== true) {
    throw new MecError(
      "MEC1201",
      path,
      `${got(allowedCidrs)} as allowedCidrs: that is everybody on the internet, so write the networks that you administer from, such as "203.0.113.7/32", ` +
        "or, if you mean everybody, acknowledgeOpenToTheInternet: true too",
    );
  }
  if (!everybody && acknowledgeOpenToTheInternet !== undefined) {
    throw new MecError(
      "MEC1203",
      path,
      `${got(acknowledgeOpenToTheInternet)} as acknowledgeOpenToTheInternet: allowedCidrs are not everybody, and it would let a later mistake pass, so leave it out`,
    );
  }
}
