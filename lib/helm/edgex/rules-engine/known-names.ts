import { MecError, got } from "../../../errors";
import { namesOf, type EventFilter } from "../exports/event-filter";
import type { Export } from "../exports/export";
import type { CommandAction } from "./rule-action-props";
import type { Rule } from "./rule";
import type { RuleStream } from "./rule-stream";

/** What can be asked of devices with a profile. */
export interface KnownProfile {
  /** Resources by name, and whether they may be read and written. */
  readonly resources: Readonly<Record<string, { readonly readable: boolean; readonly writable: boolean }>>;
  /** Commands by name, with the resources that they are of. */
  readonly commands: Readonly<Record<string, { readonly writable: boolean; readonly resources: readonly string[] }>>;
}

/** Devices and profiles that are in the app. */
export interface KnownNames {
  /** Profiles by name; undefined for one whose content is not known, such as one that comes with an image. */
  readonly profiles: Readonly<Record<string, KnownProfile | undefined>>;
  /** Name of the profile by name of the device. */
  readonly devices: Readonly<Record<string, string>>;
  /** Whether there may be others at run time, such as devices that a service finds by itself. @default false */
  readonly others?: boolean;
}

/**
 * Refuses exports that nothing would come out of: their filters name what is not there. A name with a `*` passes.
 *
 * @param exports what was added
 * @param known what is there
 * @throws {MecError} MEC1497 for a name that is not there, MEC1499 for two exports of one name
 */
export function assertExports(exports: readonly Export[], known: KnownNames): void {
  const names = exports.map(({ serviceName }) => serviceName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MecError(
      "MEC1499",
      "EdgeX",
      `${got(twice)} as service of two exports: a service is there once, so write another name for one of them`,
    );
  }
  for (const one of exports) {
    assertFilter(one.serviceName, one.filter, known);
  }
}

function assertFilter(path: string, filter: EventFilter | undefined, known: KnownNames): void {
  const named = namesOf(filter);
  const all = resourcesOf(known, undefined);
  assertKnown(path, "profile", named.profiles, known.others === true ? undefined : Object.keys(known.profiles));
  assertKnown(path, "device", named.devices, known.others === true ? undefined : Object.keys(known.devices));
  assertKnown(path, "resource", named.resources, all && [...all.resources]);
  assertKnown(path, "source", named.sources, all && [...all.resources, ...all.commands]);
}

/**
 * Refuses rules that could not find anything, and commands that no device takes.
 *
 * @param streams what was added
 * @param rules what was added
 * @param known what is there
 * @throws {MecError} MEC1497 for a device, profile, resource or command that is not there, MEC1498 for a command that writes nothing, or not what it is told
 */
export function assertRules(streams: readonly RuleStream[], rules: readonly Rule[], known: KnownNames): void {
  for (const { name, of } of streams) {
    assertFilter(
      `RuleStream ${name}`,
      {
        ...(of.profile === undefined ? {} : { profiles: [of.profile] }),
        ...(of.device === undefined ? {} : { devices: [of.device] }),
        ...(of.source === undefined ? {} : { sources: [of.source] }),
      },
      known,
    );
  }
  for (const rule of rules) {
    const path = `Rule ${rule.name}`;
    assertKnown(path, "device", rule.devices, known.others === true ? undefined : Object.keys(known.devices));
    const read = streams.filter(({ name }) => rule.streams.includes(name)).map(({ of }) => of.profile ?? known.devices[of.device ?? ""]);
    const found = read.map((profile) => resourcesOf(known, profile));
    if (found.every((one) => one !== undefined)) {
      const resources = new Set(found.flatMap((one) => [...one.resources]));
      assertKnown(
        path,
        "resource",
        rule.fields.map(({ name }) => name),
        [...resources],
      );
    }
    for (const action of rule.actions) {
      if (action.kind === "command") {
        assertCommand(path, action.target as CommandAction, known);
      }
    }
  }
}

function assertCommand(path: string, { device, command, values }: CommandAction, known: KnownNames): void {
  if (known.others === true && known.devices[device] === undefined) {
    return;
  }
  assertKnown(path, "device", [device], Object.keys(known.devices));
  const profile = known.profiles[known.devices[device]!];
  if (profile === undefined) {
    return;
  }
  const resource = profile.resources[command];
  const whole = profile.commands[command];
  if (resource === undefined && whole === undefined) {
    assertKnown(path, "command", [command], [...Object.keys(profile.resources), ...Object.keys(profile.commands)]);
  }
  const writable = whole?.writable ?? resource?.writable ?? false;
  if (!writable) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(command)} as command of ${device}: it cannot be written, so write one that is writable in its profile`,
    );
  }
  const takes = whole?.resources ?? [command];
  const stray = Object.keys(values).find((name) => !takes.includes(name));
  if (stray !== undefined) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(stray)} in values of ${command} of ${device}: it writes ${takes.join(", ")}, so write one of these`,
    );
  }
}

/** Names that events of a profile can have, or of all profiles; undefined where not all are known. */
function resourcesOf(known: KnownNames, profile: string | undefined): { resources: Set<string>; commands: Set<string> } | undefined {
  const profiles = profile === undefined ? Object.values(known.profiles) : [known.profiles[profile]];
  if ((profile === undefined && known.others === true) || profiles.some((one) => one === undefined)) {
    return undefined;
  }
  const whole = profiles.filter((one) => one !== undefined);
  return {
    resources: new Set(whole.flatMap(({ resources }) => Object.keys(resources))),
    commands: new Set(whole.flatMap(({ commands }) => Object.keys(commands))),
  };
}

function assertKnown(path: string, kind: string, names: readonly string[], known: readonly string[] | undefined): void {
  const stray = known && names.find((name) => !known.includes(name));
  if (stray !== undefined) {
    const ways = known!.length === 0 ? `add the ${kind}` : `write ${known!.slice(0, 8).join(" or ")}`;
    throw new MecError("MEC1497", path, `${got(stray)} as ${kind}: no such ${kind} was added to EdgeX, so ${ways}`);
  }
}
