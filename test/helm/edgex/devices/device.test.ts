import { Lazy } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../../../lib";
import { Device, DeviceProfile, DeviceProtocol, DeviceService, type AutoEvent, type DeviceProps } from "../../../../lib/helm/edgex/devices";
import { refusal, resource, thermostat } from "./support";

const service = DeviceService.virtual();
const device = (more: Partial<DeviceProps> = {}) =>
  Device.of({ name: "hall-1", service, profile: thermostat(), protocols: DeviceProtocol.virtual(), ...more });
const events = (...autoEvents: Partial<AutoEvent>[]) =>
  device({ autoEvents: autoEvents.map((event) => ({ sourceName: "Temperature", interval: Duration.seconds(10), ...event })) });

describe("a device", () => {
  test("is what EdgeX' schema has", () => {
    const one = device({
      description: "by the door",
      labels: ["hall"],
      tags: { line: 1 },
      location: { x: 1.5 },
      parent: "hall",
      properties: { serial: "1" },
      autoEvents: [
        { sourceName: "Temperature", interval: Duration.seconds(0.25), onChange: true, onChangeThreshold: 0.5 },
        { sourceName: "State", interval: Duration.minutes(1), retention: { maxCap: 100, minCap: 10, duration: Duration.hours(1) } },
      ],
    });
    expect(one.toObject()).toEqual({
      name: "hall-1",
      parent: "hall",
      description: "by the door",
      labels: ["hall"],
      location: { x: 1.5 },
      serviceName: "device-virtual",
      profileName: "thermostat",
      autoEvents: [
        { interval: "250ms", onChange: true, onChangeThreshold: 0.5, sourceName: "Temperature", retention: undefined },
        {
          interval: "60s",
          onChange: false,
          onChangeThreshold: undefined,
          sourceName: "State",
          retention: { maxCap: 100, minCap: 10, duration: "3600s" },
        },
      ],
      protocols: { other: {} },
      tags: { line: 1 },
      properties: { serial: "1" },
    });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no name", () => device({ name: " " }), /has no name/],
    ["a name that is a path", () => device({ name: "a/b" }), /without \//],
    ["itself as parent", () => device({ parent: "hall-1" }), /no device is part of itself/],
    ["a label that is no text", () => device({ labels: [1 as never] }), /labels/],
    ["tags that JSON cannot hold", () => device({ tags: { a: undefined, b: Infinity } }), /got Infinity as tags.b/],
    ["a place that JSON cannot hold", () => device({ location: Number.NaN }), /location/],
    ["properties that are a list", () => device({ properties: [] as never }), /properties/],
    ["a source that is not there", () => events({ sourceName: "Humidity" }), /"Humidity" as autoEvents\[0\]\.sourceName.*"Temperature"/],
    ["a source without a name", () => events({ sourceName: "" }), /autoEvents\[0\]\.sourceName/],
    ["a resource that is written alone", () => events({ sourceName: "Reset" }), /for writing alone/],
    ["a command that is written alone", () => events({ sourceName: "Restart" }), /for writing alone/],
    ["what only the apply knows", () => device({ description: Lazy.stringValue({ produce: () => "later" }) }), /got a token/],
    ["less than a millisecond", () => events({}, { interval: Duration.seconds(0.0005) }), /0.0005 s as autoEvents\[1\]\.interval/],
    ["more than 292 years", () => events({ interval: Duration.days(110_000) }), /292 years/],
    ["a threshold below zero", () => events({ onChangeThreshold: -1 }), /got -1 as autoEvents\[0\]\.onChangeThreshold/],
    ["half an event", () => events({ retention: { maxCap: 0.5 } }), /got 0.5 as autoEvents\[0\]\.retention\.maxCap/],
    ["a retention of no time", () => events({ retention: { duration: Duration.seconds(1e-6) } }), /retention\.duration/],
  ])("with %s is refused (MEC1487)", (_, call, text) => {
    const error = refusal(call);
    expect([error.code, error.message]).toEqual(["MEC1487", expect.stringMatching(text)]);
  });

  test("of an image's profile has sources that nobody here knows", () => {
    const camera = Device.of({
      name: "gate",
      service: DeviceService.onvif(),
      profile: DeviceProfile.fromImage("onvif-camera"),
      protocols: DeviceProtocol.onvif({ address: "10.0.7.4" }),
      autoEvents: [{ sourceName: "StreamUri", interval: Duration.minutes(5) }],
    });
    expect(camera.toObject().profileName).toBe("onvif-camera");
  });

  test("any length of time is one that Go reads, to a nanosecond", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 9e9, noNaN: true }), (seconds) => {
        const [event] = events({ interval: Duration.seconds(seconds) }).toObject().autoEvents as { interval: string }[];
        const [, amount, unit] = /^(\d+(?:\.\d{1,6})?)(s|ms)$/.exec(event.interval) ?? [];
        const read = Number(amount) * (unit === "s" ? 1 : 1e-3);
        expect(Math.abs(read - seconds)).toBeLessThanOrEqual(Math.max(1e-9, seconds * 1e-12));
      }),
    );
  });
});

describe("a source of an auto event", () => {
  const named = (...names: string[]) => DeviceProfile.of({ name: "p", deviceResources: names.map((name) => resource(name)) });
  const reads = (sourceName: string, ...names: string[]) =>
    device({ profile: named(...names), autoEvents: [{ sourceName, interval: Duration.seconds(1) }] });

  test.each([
    ["Int.*", "Int8"],
    ["(Int|Uint)[0-9]+", "Uint16"],
    ["[[:alpha:]]+[[:digit:]]", "Int8"],
    ["a{2}", "aa"],
    ["a**", "aaa"],
    ["x{", "x{"],
    ["[]a]", "]"],
    ["a[[:space:]]b", "a b"],
    ["a\\.b", "a.b"],
    ["Grad °C", "Grad °C"],
    ["Temp(2)", "Temp(2)"],
  ])("%j reads %j", (source, name) => expect(reads(source, name).name).toBe("hall-1"));

  test.each(["Temp(2", "a)", "\\d+", "(?:a)", "*", "a|*", "[a", "[z-a]", "[[:nothing:]]", "a{2,1}", "a{1001}", "[a-b-c]", "\\"])(
    "%j is none (MEC1487)",
    (source) => {
      const error = refusal(() => reads(source, "a", "Temp(2", "*"));
      expect([error.code, error.message]).toEqual(["MEC1487", expect.stringContaining("regular expression of POSIX")]);
    },
  );

  test.each([
    ["Int", "Int8"],
    ["a.b", "a\nb"],
    ["A", "a"],
    ["a{2}", "aaa"],
    ["()", "a"],
  ])("%j does not read %j (MEC1487)", (source, name) => {
    const error = refusal(() => reads(source, name));
    expect([error.code, error.message]).toEqual(["MEC1487", expect.stringContaining("has no such resource or command")]);
  });

  test("any name with a backslash before its signs reads itself", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~äö°]{1,12}$/), (name) => {
        fc.pre(name.trim() !== "" && !/[/?#+%]/.test(name));
        expect(reads(name.replace(/[^\w äö°]/g, "\\$&"), name).name).toBe("hall-1");
      }),
    );
  });
});
