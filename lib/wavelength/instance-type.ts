import { MecError, got } from "../errors";
import { Size } from "../units";

/** Processor architecture of an instance type. */
export class CpuArchitecture {
  /** 64-bit x86. */
  public static readonly X86_64 = new CpuArchitecture("x86_64", "amd64");
  /** 64-bit Arm. */
  public static readonly ARM_64 = new CpuArchitecture("arm64", "arm64");

  private constructor(
    /** Name as the EC2 API gives it: `x86_64` or `arm64`. */
    public readonly name: string,
    /** Name as Debian, Ubuntu and Kubernetes give it: `amd64` or `arm64`. */
    public readonly debianName: string,
  ) {}

  /** Name as the EC2 API gives it. */
  public toString(): string {
    return this.name;
  }
}

/** GPUs of an instance type. */
export interface InstanceGpu {
  /** Number of GPUs. */
  readonly count: number;
  /** Model, such as `NVIDIA T4`. */
  readonly model: string;
  /** Memory of one GPU. */
  readonly memory: Size;
}

/** What this release knows of an instance type. */
interface Known {
  readonly vCpus: number;
  readonly gibibytes: number;
  readonly gpu?: InstanceGpu;
}

const T4 = (count: number): InstanceGpu => ({ count, model: "NVIDIA T4", memory: Size.gibibytes(16) });

/**
 * The types that Wavelength Zones have offered, and those of their families that are asked for most.
 * @see https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-specs.html
 */
const KNOWN: Readonly<Record<string, Known>> = {
  "t3.medium": { vCpus: 2, gibibytes: 4 },
  "t3.large": { vCpus: 2, gibibytes: 8 },
  "t3.xlarge": { vCpus: 4, gibibytes: 16 },
  "t3.2xlarge": { vCpus: 8, gibibytes: 32 },
  "r5.large": { vCpus: 2, gibibytes: 16 },
  "r5.xlarge": { vCpus: 4, gibibytes: 32 },
  "r5.2xlarge": { vCpus: 8, gibibytes: 64 },
  "r5.4xlarge": { vCpus: 16, gibibytes: 128 },
  "m5.xlarge": { vCpus: 4, gibibytes: 16 },
  "m5.2xlarge": { vCpus: 8, gibibytes: 32 },
  "c5.xlarge": { vCpus: 4, gibibytes: 8 },
  "c5.2xlarge": { vCpus: 8, gibibytes: 16 },
  "g4dn.xlarge": { vCpus: 4, gibibytes: 16, gpu: T4(1) },
  "g4dn.2xlarge": { vCpus: 8, gibibytes: 32, gpu: T4(1) },
  "g4dn.4xlarge": { vCpus: 16, gibibytes: 64, gpu: T4(1) },
};

/** The types whose size this release knows, for conditions that Terraform checks. */
export function knownInstanceTypes(): readonly WavelengthInstanceType[] {
  return Object.keys(KNOWN).map((name) => WavelengthInstanceType.of(name));
}

/** Families on AWS Graviton carry a g after their generation: t4g, m7gd, is4gen; a1 is the first of them. */
const ARM_FAMILY = /^(?:a1|[a-z]+\d+g[a-z]*)\./;

/** Families with GPUs, for a type that this release does not know. */
const GPU_FAMILY = /^(?:g|p)\d/;

/**
 * Refuses what is no name of an instance type.
 *
 * @param factory name of the factory, for the error
 * @param name the name
 * @param example a name that fits, for the error
 * @throws {MecError} MEC1007
 */
export function assertInstanceTypeName(factory: string, name: string, example: string): void {
  if (!/^[a-z][a-z0-9-]*\.(?:\d*x?large|metal(?:-\d+xl)?|nano|micro|small|medium)$/.test(name)) {
    throw new MecError("MEC1007", factory, `${got(name)}: an instance type is a family and a size, so write for example "${example}"`);
  }
}

/** Processor architecture of a type, by its family. */
export function architectureOf(name: string): CpuArchitecture {
  return ARM_FAMILY.test(name) ? CpuArchitecture.ARM_64 : CpuArchitecture.X86_64;
}

/**
 * An EC2 instance type for a Wavelength Zone.
 *
 * The four constants are those that Wavelength Zones have offered from the start; zones differ, and
 * `aws ec2 describe-instance-type-offerings --location-type availability-zone` lists what one has.
 */
export class WavelengthInstanceType {
  /** 2 vCPU, 4 GiB: the smallest that microk8s recommends for one node with a light workload. */
  public static readonly T3_MEDIUM = WavelengthInstanceType.of("t3.medium");
  /** 4 vCPU, 16 GiB. */
  public static readonly T3_XLARGE = WavelengthInstanceType.of("t3.xlarge");
  /** 8 vCPU, 64 GiB. */
  public static readonly R5_2XLARGE = WavelengthInstanceType.of("r5.2xlarge");
  /** 8 vCPU, 32 GiB, one NVIDIA T4. */
  public static readonly G4DN_2XLARGE = WavelengthInstanceType.of("g4dn.2xlarge");

  /**
   * The instance type with this name, for a type that no constant names.
   *
   * @param name family and size, such as `t3.medium`
   * @throws {MecError} MEC1007 when the name is not of the form family.size
   */
  public static of(name: string): WavelengthInstanceType {
    assertInstanceTypeName("WavelengthInstanceType.of", name, "t3.medium");
    return new WavelengthInstanceType(name, KNOWN[name]);
  }

  /** Number of vCPUs; undefined for a type that this release does not know. */
  public readonly vCpus?: number;

  /** Memory; undefined for a type that this release does not know. */
  public readonly memory?: Size;

  /** GPUs; undefined where there are none, or for a type that this release does not know. */
  public readonly gpu?: InstanceGpu;

  /** Whether the type has a GPU, by its family where this release does not know the type. */
  public readonly hasGpu: boolean;

  /** Processor architecture, by the family. */
  public readonly architecture: CpuArchitecture;

  private constructor(
    /** Family and size, such as `t3.medium`. */
    public readonly name: string,
    known?: Known,
  ) {
    this.vCpus = known?.vCpus;
    this.memory = known && Size.gibibytes(known.gibibytes);
    this.gpu = known?.gpu;
    this.hasGpu = known ? known.gpu !== undefined : GPU_FAMILY.test(name);
    this.architecture = architectureOf(name);
  }

  /** Family and size. */
  public toString(): string {
    return this.name;
  }
}
