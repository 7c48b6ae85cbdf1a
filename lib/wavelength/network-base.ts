import { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
import { Ec2SubnetCidrReservation } from "@cdktf/provider-aws/lib/ec2-subnet-cidr-reservation";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { planError, warn } from "../annotations";
import { inOwnStack } from "../dependencies";
import { MecError, got } from "../errors";
import { ControlPlaneAllocator, type ControlPlaneAddressRequest } from "./control-plane-addresses";
import { watchElasticIps } from "./elastic-ip-quota";
import type { WavelengthInstanceType } from "./instance-type";
import type { ControlPlaneAllocation, IWavelengthNetwork } from "./network-interface";
import type { INetworkSubnet } from "./network-subnet";
import { guardParentRegion } from "./region-guard";
import type { WavelengthZone } from "./zone";
import { ZoneLookup } from "./zone-lookup";
import { assertOptInOf, type WavelengthZoneOptIn } from "./zone-opt-in";

/** What made and imported networks have in common: they ask about the zone and hand out addresses. */
export abstract class NetworkBase extends Construct implements IWavelengthNetwork {
  public readonly zone: WavelengthZone;
  public abstract readonly vpcId: string;
  public abstract readonly vpcCidrs: readonly string[];
  public abstract readonly peerNetworks: readonly string[];
  public abstract readonly carrierSubnet: INetworkSubnet;

  /** What must be done before the zone is used: the opt-in, where the same stack makes it. */
  protected readonly zoneDependencies?: ITerraformDependable[];

  private readonly optedInHere: boolean;
  private allocator?: ControlPlaneAllocator;
  private zoneLookup?: ZoneLookup;

  protected constructor(scope: Construct, id: string, zone: WavelengthZone, optIn?: WavelengthZoneOptIn) {
    super(scope, id);
    this.zone = zone;
    assertOptInOf(this.node.path, zone, optIn);
    this.zoneDependencies = optIn && inOwnStack(this, [optIn.dependable]);
    this.optedInHere = optIn !== undefined;
    guardParentRegion(this, zone);
    watchElasticIps(this, zone.parentRegion);
    if (zone.probablyWithdrawn) {
      warn(
        this,
        "MEC1902",
        `${got(zone.name)}: AWS's list of Wavelength Zones has none in ${zone.parentRegion} any more, so make sure of it with ` +
          `\`aws ec2 describe-availability-zones --region ${zone.parentRegion} --all-availability-zones --filters Name=zone-type,Values=wavelength-zone\``,
      );
    }
  }

  public abstract privateSubnet(): INetworkSubnet;
  public abstract parentPublicSubnet(): INetworkSubnet;
  public abstract parentPrivateSubnet(): INetworkSubnet;

  /** Whether the carrier-routed subnet was made here, so that its addresses are known to be free. */
  protected abstract readonly ownCarrierSubnet: boolean;

  /** What the EC2 API says about the zone: asked without waiting, so that it is known at plan whatever becomes of the opt-in. */
  protected lookup(): ZoneLookup {
    return (this.zoneLookup ??= new ZoneLookup(this, "Zone", { zone: this.zone, mustBeUsable: !this.optedInHere }));
  }

  /** Asks the EC2 API whether the zone can be used, after the opt-in where the app makes one. */
  protected requireUsableZone(): void {
    this.lookup();
    if (this.optedInHere) {
      new ZoneLookup(this, "OptedIn", { zone: this.zone, mustBeUsable: true, dependsOn: this.zoneDependencies });
    }
  }

  public get networkBorderGroup(): string {
    return this.zone.networkBorderGroup ?? this.lookup().networkBorderGroup;
  }

  public get parentZoneName(): string {
    return this.lookup().parentZoneName;
  }

  public allocateControlPlane(scope: Construct, request: ControlPlaneAddressRequest = {}): ControlPlaneAllocation {
    this.allocator ??= new ControlPlaneAllocator(this.carrierSubnet.cidr, this.ownCarrierSubnet);
    const allocated = this.allocator.allocate(scope.node.path, request);
    if (allocated.block === undefined) {
      return { ...allocated, dependables: [] };
    }
    const reservation = new Ec2SubnetCidrReservation(scope, "ControlPlaneReservation", {
      subnetId: this.carrierSubnet.subnetId,
      cidrBlock: allocated.block,
      reservationType: "explicit",
      description: "Control plane of a microk8s cluster",
    });
    return { ...allocated, dependables: [reservation] };
  }

  public requireInstanceType(scope: Construct, instanceType: WavelengthInstanceType): ITerraformDependable[] {
    const { name } = instanceType;
    const { zone } = this;
    const list = `\`aws ec2 describe-instance-type-offerings --region ${zone.parentRegion} --location-type availability-zone --filters Name=location,Values=${zone.name}\``;
    if (zone.instanceTypes !== undefined && !zone.instanceTypes.some((offered) => offered.name === name)) {
      throw new MecError(
        "MEC1012",
        scope.node.path,
        `${got(name)}: ${zone.name} is known to offer ${zone.instanceTypes.join(", ")}, so write one of these, or, where ${list} shows it, ` +
          `WavelengthZone.of("${zone.name}", { instanceTypes: [WavelengthInstanceType.of("${name}")] })`,
      );
    }
    const id = `Offering-${name.replace(".", "-")}`;
    // In the stack of what needs the type, which nothing in another stack can wait for.
    const parent = TerraformStack.of(scope) === TerraformStack.of(this) ? this : scope;
    const found = parent.node.tryFindChild(id) as DataAwsEc2InstanceTypeOfferings | undefined;
    return [
      found ??
        new DataAwsEc2InstanceTypeOfferings(parent, id, {
          locationType: "availability-zone",
          filter: [
            { name: "location", values: [zone.name] },
            { name: "instance-type", values: [name] },
          ],
          dependsOn: inOwnStack(parent, this.zoneDependencies),
          lifecycle: {
            postcondition: [
              {
                condition: "${length(self.instance_types) > 0}",
                errorMessage: planError(
                  scope,
                  "MEC1012",
                  `${got(name)}: ${zone.name} does not offer it to this account, so write one that ${list} shows`,
                ),
              },
            ],
          },
        }),
    ];
  }
}
