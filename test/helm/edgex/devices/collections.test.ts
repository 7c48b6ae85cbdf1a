import { Device, DeviceProfile, DeviceProtocol, DeviceService, assertDevices, profilesOf } from "../../../../lib/helm/edgex/devices";
import { refusal, resource, thermostat } from "./support";

const service = DeviceService.virtual();
const device = (name: string, more: object = {}) =>
  Device.of({ name, service, profile: thermostat(), protocols: DeviceProtocol.virtual(), ...more });
const check =
  (services: DeviceService[], devices: Device[], profiles: DeviceProfile[] = []) =>
  () =>
    assertDevices("stack/EdgeX", services, devices, profiles);

describe("an EdgeX", () => {
  test("has services, devices and profiles, each once", () => {
    expect(check([service], [device("a"), device("b")], [thermostat(), thermostat({ name: "z" })])).not.toThrow();
    expect(check([service, DeviceService.virtual({ instance: "two" })], [device("a")])).not.toThrow();
    expect(check([], [])).not.toThrow();
  });

  test.each<[string, () => unknown, string, RegExp]>([
    [
      "a service twice",
      check([service, DeviceService.virtual()], []),
      "MEC1490",
      /"edgex-device-virtual" as the name of two device services.*instance/,
    ],
    ["a device twice", check([service], [device("a"), device("a", { description: "other" })]), "MEC1490", /"a" as the name of two devices/],
    [
      "a profile twice, and not the same",
      check([service], [device("a"), device("b", { profile: thermostat({ model: "2" }) })]),
      "MEC1490",
      /"thermostat" as the name of two profiles/,
    ],
    [
      "a profile of an image, and one of that name",
      check(
        [service],
        [
          device("a", { profile: thermostat({ name: "Random-Float-Device" }) }),
          device("b", { profile: DeviceProfile.fromImage("Random-Float-Device") }),
        ],
      ),
      "MEC1490",
      /Random-Float-Device/,
    ],
    [
      "a device on no service",
      check([DeviceService.rest()], [device("a")]),
      "MEC1491",
      /"edgex-device-virtual" as service of the device "a".*addDeviceService/,
    ],
  ])("with %s is refused", (_, call, code, text) => {
    const error = refusal(call);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
  });

  test("has an instance of device-snmp for each agent (MEC1491)", () => {
    const snmp = DeviceService.snmp();
    const other = DeviceService.snmp({ instance: "two" });
    const profile = DeviceProfile.of({ name: "switch", deviceResources: [resource("a", {}, { attributes: { oid: "1.3" } })] });
    const agent = (name: string, address: string, of = snmp) =>
      Device.of({ name, service: of, profile, protocols: DeviceProtocol.snmp({ address }) });
    expect(check([snmp], [agent("a", "10.0.0.1"), agent("b", "10.0.0.1")])).not.toThrow();
    expect(check([snmp, other], [agent("a", "10.0.0.1"), agent("b", "10.0.0.2", other)])).not.toThrow();
    const error = refusal(check([snmp], [agent("a", "10.0.0.1"), agent("b", "10.0.0.2")]));
    expect([error.code, error.message]).toEqual(["MEC1491", expect.stringMatching(/"a" and "b" on edgex-device-snmp/)]);
  });
});

test("profiles are in the order of their names, each once", () => {
  const profiles = profilesOf([device("a"), device("b")], [thermostat({ name: "z" }), thermostat({ name: "a" })]);
  expect(profiles.map(({ name }) => name)).toEqual(["a", "thermostat", "z"]);
});
