/** How what workers connect to outside of the VPC is reached: the snap store, registries, AWS. */
export class WorkerEgress {
  /**
   * Through a NAT gateway in the parent Availability Zone: workers are in the private Wavelength subnet, without a carrier IP. The NAT
   * gateway and what it needs are made with the first such group.
   */
  public static readonly NAT = new WorkerEgress("NAT", false);

  /**
   * Through the carrier gateway: each worker is in the carrier-routed subnet with a carrier IP of its own, at which devices of the
   * carrier's network reach what `connections` lets in. Each counts against the account's quota of Elastic IPs.
   */
  public static readonly CARRIER_IP = new WorkerEgress("CARRIER_IP", true);

  private constructor(
    private readonly name: string,
    /** Whether each worker has a carrier IP. */
    public readonly hasCarrierIp: boolean,
  ) {}

  /** Such as `WorkerEgress.NAT`. */
  public toString(): string {
    return `WorkerEgress.${this.name}`;
  }
}
