import { Duration } from "../../../../lib";
import {
  Device,
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  ReadWrite,
  type DeviceProfileProps,
  type DeviceProps,
} from "../../../../lib/helm/edgex/devices";
import { refusal, resource, thermostat } from "./support";

/** As somebody writes it in JavaScript, where no compiler looks. */
const profile = (more: object) => () =>
  DeviceProfile.of({ name: "oven", deviceResources: [resource("Temperature")], ...more } as DeviceProfileProps);
const device = (more: object) => () =>
  Device.of({
    name: "oven-1",
    service: DeviceService.virtual(),
    profile: thermostat(),
    protocols: DeviceProtocol.virtual(),
    ...more,
  } as DeviceProps);
const command = { name: "State", readWrite: ReadWrite.READ, resourceOperations: [{ deviceResource: "Temperature" }] };
const event = { sourceName: "Temperature", interval: Duration.seconds(1) };

describe("a key that EdgeX does not know", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["of a profile", profile({ deviceComands: [] }), /"deviceComands" in the profile: .* so write deviceCommands$/],
    [
      "of a resource",
      profile({ deviceResources: [resource("a", {}, { atributes: {} } as object)] }),
      /in deviceResources\[0\]: .*attributes$/,
    ],
    [
      "of properties",
      profile({ deviceResources: [resource("a", { Minimum: 1 } as object)] }),
      /in deviceResources\[0\]\.properties: .*minimum$/,
    ],
    ["of a command", profile({ deviceCommands: [{ ...command, ishidden: true }] }), /in deviceCommands\[0\]: .*isHidden$/],
    [
      "of an operation",
      profile({ deviceCommands: [{ ...command, resourceOperations: [{ deviceResource: "Temperature", mapping: {} }] }] }),
      /in deviceCommands\[0\]\.resourceOperations\[0\]: .*mappings$/,
    ],
    ["that is near none", profile({ colour: "red" }), /"colour" in the profile: .* so write one of name, manufacturer, description, /],
  ])("is refused %s with what was meant", (_, make, message) => {
    expect(refusal(make)).toMatchObject({ code: "MEC1486", message: expect.stringMatching(message) });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["of a device", device({ autoEvent: [event] }), /"autoEvent" in the device: .* so write autoEvents$/],
    ["of a device in another case", device({ Labels: [] }), /"Labels" in the device: .*labels$/],
    ["of an auto event", device({ autoEvents: [{ ...event, onchange: true }] }), /in autoEvents\[0\]: .*onChange$/],
    ["of its retention", device({ autoEvents: [{ ...event, retention: { maxcap: 1 } }] }), /in autoEvents\[0\]\.retention: .*maxCap$/],
  ])("is refused %s with what was meant", (_, make, message) => {
    expect(refusal(make)).toMatchObject({ code: "MEC1487", message: expect.stringMatching(message) });
  });

  test("is of no matter in what only a device service knows, nor where it has no value", () => {
    expect(
      profile({ deviceResources: [resource("a", { optional: { colour: 1 } }, { attributes: { a: 1 }, tags: { b: 1 } })] }),
    ).not.toThrow();
    expect(profile({ deviceComands: undefined })).not.toThrow();
    expect(device({ tags: { a: 1 }, properties: { b: 1 }, location: { c: 1 }, autoEvents: [event] })).not.toThrow();
  });
});
