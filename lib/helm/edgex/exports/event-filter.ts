import { MecError, got } from "../../../errors";
import type { Values } from "../../values";

/** Names of what events are of. A `*` stands for any characters. */
export interface EventNames {
  /** Names of device profiles. @default - all */
  readonly profiles?: readonly string[];
  /** Names of devices. @default - all */
  readonly devices?: readonly string[];
  /** Names of what was read: a resource, or a command that reads several at once. @default - all */
  readonly sources?: readonly string[];
  /** Names of resources: other readings are taken out of an event, and an event without readings is dropped. @default - all */
  readonly resources?: readonly string[];
}

/**
 * Which events go through: those of all the names, and of none that is excluded. `devices: ["Boiler-*"]` takes what devices whose names begin so
 * have told.
 */
export interface EventFilter extends EventNames {
  /** What does not go through, of what the rest lets through. @default - nothing */
  readonly exclude?: EventNames;
}

/**
 * Functions of the SDK with the parameter that each has.
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/sdk/api/BuiltIn/#filtering
 */
const FUNCTIONS = {
  profiles: { name: "FilterByProfileName", parameter: "ProfileNames" },
  devices: { name: "FilterByDeviceName", parameter: "DeviceNames" },
  sources: { name: "FilterBySourceName", parameter: "SourceNames" },
  resources: { name: "FilterByResourceName", parameter: "ResourceNames" },
} as const;

/** What EdgeX takes as names (https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/common/validator.go), with our `*`. */
const NAME = /^[^/#+$\p{Cc}]+$/u;

/**
 * A step of a pipeline: name of the function, and what it is told.
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/sdk/details/ConfigurablePipelines/ (configurable pipelines)
 */
export type PipelineStep = readonly [name: string, parameters: Readonly<Record<string, string>>];

/**
 * The filter as steps of a pipeline. EdgeX takes each name for a regular expression that may match anywhere, so that `Line1` would be `Line12` too: the
 * names are written so that they match whole.
 *
 * @param path name of what has it, for the error
 * @param filter the filter
 * @throws {MecError} MEC1495 for an empty list and for what is no name
 * @see https://github.com/edgexfoundry/app-functions-sdk-go/blob/v4.0.1/pkg/transforms/filter.go
 */
export function filterSteps(path: string, filter: EventFilter = {}): PipelineStep[] {
  const { exclude = {}, ...only } = filter;
  return [...stepsOf(path, "filter", only, "", false), ...stepsOf(path, "filter.exclude", exclude, "Except", true)];
}

function stepsOf(path: string, at: string, names: EventNames, suffix: string, out: boolean): PipelineStep[] {
  return (Object.keys(FUNCTIONS) as (keyof EventNames)[]).flatMap((key): PipelineStep[] => {
    const given = names[key];
    if (given === undefined) {
      return [];
    }
    assertNames(path, `${at}.${key}`, given);
    const { name, parameter } = FUNCTIONS[key];
    return [[`${name}${suffix}`, { [parameter]: given.map(wholeName).join(","), FilterOut: String(out) }]];
  });
}

function assertNames(path: string, at: string, names: readonly string[]): void {
  if (names.length === 0) {
    throw new MecError("MEC1495", path, `got an empty list as ${at}: EdgeX takes it for all of them, so write a name, or leave it out`);
  }
  for (const name of names) {
    if (!NAME.test(name)) {
      throw new MecError(
        "MEC1495",
        path,
        `${got(name)} as ${at}: a name in EdgeX is not empty and has none of / # + $, and * stands for any characters, so write for example "Boiler-*"`,
      );
    }
  }
}

/** A regular expression of Go that is the whole name; a comma would part two of them. */
function wholeName(name: string): string {
  const escaped = name.replace(/[\\.?()|[\]{}^]/g, "\\$&").replace(/,/g, "\\x2c");
  return `^${escaped.replace(/\*/g, ".*")}$`;
}

/**
 * Names of a filter that stand for one thing each, without those with a `*`.
 * @param filter the filter
 */
export function namesOf(filter: EventFilter = {}): Required<EventNames> {
  const all = (key: keyof EventNames) => [...(filter[key] ?? []), ...(filter.exclude?.[key] ?? [])].filter((name) => !name.includes("*"));
  return { profiles: all("profiles"), devices: all("devices"), sources: all("sources"), resources: all("resources") };
}

/** @internal Steps as the map `Functions` of a pipeline has them. */
export function functionsOf(steps: readonly PipelineStep[]): Values {
  return Object.fromEntries(steps.map(([name, Parameters]) => [name, { Parameters }]));
}
