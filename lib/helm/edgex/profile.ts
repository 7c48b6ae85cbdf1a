import { Duration, Size } from "../../units";
import type { ContainerResources } from "../prometheus/resources";

/** What an {@link EdgeXProfile} says of the parts. */
export interface EdgeXProfileProps {
  /** Name of the profile, for people. */
  readonly name: string;
  /** Whether core-data keeps events and readings. Devices, rules and exports do without: events go over the bus. */
  readonly coreData: boolean;
  /** Whether there is support-notifications. */
  readonly notifications: boolean;
  /** Whether there is support-scheduler. */
  readonly scheduler: boolean;
  /** Whether there is the rules engine: eKuiper and the service that brings it events. */
  readonly rulesEngine: boolean;
  /** Whether there is the web interface, which lets anybody who reaches it change everything. */
  readonly ui: boolean;
  /** How long core-data keeps events: whole hours. */
  readonly dataRetention: Duration;
  /** Size of the volume of the database. */
  readonly databaseVolume: Size;
  /** Each service of EdgeX' own: core, support, device and application services. */
  readonly service: ContainerResources;
  /** PostgreSQL. */
  readonly database: ContainerResources;
  /** The MQTT broker. */
  readonly broker: ContainerResources;
  /** eKuiper. */
  readonly kuiper: ContainerResources;
}

const pod = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/**
 * How much of a site EdgeX may take, and which of its parts are there. The figures are proposals of this library, to be watched and changed by
 * {@link EdgeXProfile.of}: EdgeX itself states 1 GB of memory for all.
 *
 * @see https://docs.edgexfoundry.org/4.0/general/PlatformRequirements/
 */
export class EdgeXProfile {
  /** The core alone: core-keeper, metadata and command, database and broker, for what devices tell over the bus. */
  public static readonly CORE = new EdgeXProfile({
    name: "CORE",
    coreData: false,
    notifications: false,
    scheduler: false,
    rulesEngine: false,
    ui: false,
    dataRetention: Duration.days(7),
    databaseVolume: Size.gibibytes(2),
    service: pod(20, 48, 192),
    database: pod(50, 128, 384),
    broker: pod(10, 24, 96),
    kuiper: pod(50, 96, 384),
  });

  /** The core, with core-data, notifications, scheduler and the rules engine. */
  public static readonly STANDARD = new EdgeXProfile({
    name: "STANDARD",
    coreData: true,
    notifications: true,
    scheduler: true,
    rulesEngine: true,
    ui: false,
    dataRetention: Duration.days(7),
    databaseVolume: Size.gibibytes(10),
    service: pod(30, 64, 256),
    database: pod(100, 256, 1024),
    broker: pod(20, 32, 192),
    kuiper: pod(100, 128, 768),
  });

  /** A profile of one's own; take over what stays by `{ ...EdgeXProfile.CORE.settings, … }`. */
  public static of(settings: EdgeXProfileProps): EdgeXProfile {
    return new EdgeXProfile(settings);
  }

  private constructor(
    /** What the profile says. */
    public readonly settings: EdgeXProfileProps,
  ) {}

  /** Name of the profile. */
  public get name(): string {
    return this.settings.name;
  }
}
