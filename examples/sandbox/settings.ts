import { MecError, got } from "../../lib/errors";
import { Microk8sChannel } from "../../lib/microk8s/channel";
import { Duration } from "../../lib/units";
import { WavelengthInstanceType } from "../../lib/wavelength/instance-type";
import { IpAddresses } from "../../lib/wavelength/ip-addresses";
import { WavelengthZone } from "../../lib/wavelength/zone";
import { SANDBOX_ADD_ONS, sandboxAddOn, type SandboxAddOn } from "./add-on-names";

/** What a person may set about the sandbox; each is a context value of `cdktf.json` or, which wins, an environment variable. */
export interface SandboxSettings {
  /** `site` or `MEC_SITE`: name of the site, its cluster and the prefix of its stacks. @default "sandbox" */
  readonly site: string;
  /** `zone` or `MEC_ZONE`: name of the Wavelength Zone. @default "us-east-1-wl1-bos-wlz-1" */
  readonly zone: WavelengthZone;
  /** `channel` or `MEC_CHANNEL`: microk8s channel. @default "1.35/stable" */
  readonly channel: Microk8sChannel;
  /** `instanceType` or `MEC_INSTANCE_TYPE`: instance type of the nodes. @default "t3.xlarge" */
  readonly instanceType: WavelengthInstanceType;
  /** `controlPlaneCount` or `MEC_CONTROL_PLANE_COUNT`: number of control-plane nodes, 1, 3 or 5. @default 1 */
  readonly controlPlaneCount: number;
  /** `vpcCidr` or `MEC_VPC_CIDR`: network of the VPC, /16 to /26. @default "10.0.0.0/16" */
  readonly ipAddresses: IpAddresses;
  /** `optIn` or `MEC_OPT_IN`: opt the account in to the zone's group, for the whole account and for good. @default false */
  readonly optIn: boolean;
  /**
   * `apiAccess` or `MEC_API_ACCESS`: how the Kubernetes API is reached: `regionGateway`, `privateNetwork`, `carrierIp` or `sessionManager`.
   * @default - by the carrier IP where `allowedCidrs` are said and the internet can reach it (zones of eu-west-3), by the private IP elsewhere
   */
  readonly apiAccess?: SandboxApiAccess;
  /**
   * `allowedCidrs` or `MEC_ALLOWED_CIDRS`: networks, separated by commas, that may reach the Kubernetes API; with `privateNetwork` beside
   * the VPC. @default "" (the VPC alone)
   */
  readonly allowedCidrs: readonly string[];
  /**
   * `with` or `MEC_WITH`: what the cluster shall have, `platform`, `prometheus`, `edgex`, `logging`, `kubeflow` or several, separated by commas. What `MEC_ALSO_WITH` says is
   * added, whichever of the two counts: `--with` of `npm run sandbox` sets it. @default "" (nothing)
   */
  readonly with: readonly SandboxAddOn[];
  /** `readyTimeoutMinutes` or `MEC_READY_TIMEOUT_MINUTES`: how long the node may take. @default - as the cluster has it */
  readonly readyTimeout?: Duration;
  /** `stateDirectory` or `MEC_STATE_DIRECTORY`: absolute folder of the Terraform state. @default - the framework's: this folder */
  readonly stateDirectory?: string;
  /**
   * `s3UsePathStyle` or `MEC_S3_USE_PATH_STYLE`: address buckets by path, for an endpoint that is not AWS, such as an emulator.
   * @default false
   */
  readonly s3UsePathStyle: boolean;
}

/** Ways to the Kubernetes API that the sandbox can be told by name: the factories of `ApiAccess`. */
const API_ACCESS = ["regionGateway", "privateNetwork", "carrierIp", "sessionManager"] as const;

/** Name of a way to the Kubernetes API. */
export type SandboxApiAccess = (typeof API_ACCESS)[number];

/** Where the settings come from. */
export interface SettingsSource {
  /** A context value of `cdktf.json`; undefined when there is none. */
  readonly context: (key: string) => unknown;
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the settings of the sandbox.
 *
 * @throws {MecError} MEC1301 for a value that is not of its form, and what zone, channel and instance type refuse
 */
export function readSettings({ context, environment }: SettingsSource): SandboxSettings {
  const variable = (key: string) => `MEC_${key.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`;
  const refuse = (key: string, value: unknown, rule: string): never => {
    throw new MecError("MEC1301", `setting ${key} (${variable(key)})`, `${got(value)}: ${rule}`);
  };
  const text = (key: string, fallback: string): string => {
    const value = environment[variable(key)] ?? context(key);
    if (value === undefined || value === "") {
      return fallback;
    }
    return ["string", "number", "boolean"].includes(typeof value)
      ? String(value).trim()
      : refuse(key, value, "a setting is a text, a number or true or false, so write one of these");
  };
  const flag = (key: string): boolean => {
    const value = text(key, "false");
    return value === "true" || (value !== "false" && refuse(key, value, "it is on or off, so write true or false"));
  };
  const number = (key: string): number | undefined => {
    const written = text(key, "");
    const value = Number(written);
    return written === ""
      ? undefined
      : Number.isFinite(value) && value > 0
        ? value
        : refuse(key, text(key, ""), "it is a number above zero, so write for example 15");
  };

  const items = (written: string): string[] =>
    written
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  const list = (key: string): string[] => items(text(key, ""));

  const apiAccess = (): SandboxApiAccess | undefined => {
    const value = text("apiAccess", "");
    const known = API_ACCESS.find((name) => name === value);
    return known ?? (value === "" ? undefined : refuse("apiAccess", value, `it is a way to the API, so write ${API_ACCESS.join(", ")}`));
  };

  const stateDirectory = text("stateDirectory", "");
  const readyMinutes = number("readyTimeoutMinutes");
  return {
    site: text("site", "sandbox"),
    zone: WavelengthZone.of(text("zone", WavelengthZone.US_EAST_1_WL1_BOS.name)),
    channel: Microk8sChannel.of(text("channel", Microk8sChannel.V1_35.name)),
    instanceType: WavelengthInstanceType.of(text("instanceType", WavelengthInstanceType.T3_XLARGE.name)),
    // Which numbers there may be is the cluster's to say (MEC1103).
    controlPlaneCount: number("controlPlaneCount") ?? 1,
    ipAddresses: IpAddresses.cidr(text("vpcCidr", "10.0.0.0/16")),
    optIn: flag("optIn"),
    apiAccess: apiAccess(),
    allowedCidrs: list("allowedCidrs"),
    with: [
      ...new Set(
        [...list("with"), ...items(environment.MEC_ALSO_WITH ?? "")].map(
          (name) =>
            sandboxAddOn(name) ?? refuse("with", name, `it is what the cluster shall have, so write ${SANDBOX_ADD_ONS.join(" or ")}`),
        ),
      ),
    ],
    readyTimeout: readyMinutes === undefined ? undefined : Duration.minutes(readyMinutes),
    stateDirectory: stateDirectory === "" ? undefined : stateDirectory,
    s3UsePathStyle: flag("s3UsePathStyle"),
  };
}
