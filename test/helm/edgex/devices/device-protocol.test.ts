import { Duration } from "../../../../lib";
import { DeviceProtocol } from "../../../../lib/helm/edgex/devices";
import { refusal } from "./support";

const { modbusTcp, mqtt, rest, snmp, opcUa, onvif, coap, rfidLlrp } = DeviceProtocol;

describe("a protocol has the properties that its device service reads, and where the device is reached", () => {
  test.each<[string, DeviceProtocol, object, object[]]>([
    ["virtual", DeviceProtocol.virtual(), { other: {} }, []],
    [
      "modbus",
      modbusTcp({ address: "10.0.3.17" }),
      { "modbus-tcp": { Address: "10.0.3.17", Port: "502", UnitID: "1", Timeout: "5", IdleTimeout: "5" } },
      [{ host: "10.0.3.17", port: 502 }],
    ],
    [
      "modbus",
      modbusTcp({ address: "plc-1.plant", port: 1502, unitId: 0, timeout: Duration.seconds(2), idleTimeout: Duration.minutes(1) }),
      { "modbus-tcp": { Address: "plc-1.plant", Port: "1502", UnitID: "0", Timeout: "2", IdleTimeout: "60" } },
      [{ host: "plc-1.plant", port: 1502 }],
    ],
    ["mqtt", mqtt({ commandTopic: "command/press" }), { mqtt: { CommandTopic: "command/press" } }, []],
    ["rest", rest(), { other: {} }, []],
    [
      "rest",
      rest({ host: "10.0.3.18", path: "api/v1" }),
      { REST: { Host: "10.0.3.18", Port: "80", Path: "api/v1" } },
      [{ host: "10.0.3.18", port: 80 }],
    ],
    [
      "snmp",
      snmp({ address: "10.0.3.19" }),
      { TCP: { Address: "10.0.3.19", Port: "161" } },
      [{ host: "10.0.3.19", port: 161, protocol: "UDP" }],
    ],
    [
      "opc-ua",
      opcUa({ endpoint: "opc.tcp://10.0.3.20/plant" }),
      { opcua: { Endpoint: "opc.tcp://10.0.3.20/plant" } },
      [{ host: "10.0.3.20", port: 4840 }],
    ],
    [
      "opc-ua",
      opcUa({ endpoint: "opc.tcp://server:53530" }),
      { opcua: { Endpoint: "opc.tcp://server:53530" } },
      [{ host: "server", port: 53530 }],
    ],
    [
      "onvif",
      onvif({ address: "10.0.3.21", port: 2020, macAddress: "AA-BB-CC-DD-EE-FF", friendlyName: "gate", customMetadata: { Floor: "1" } }),
      {
        Onvif: { Address: "10.0.3.21", Port: "2020", MACAddress: "AA-BB-CC-DD-EE-FF", FriendlyName: "gate" },
        CustomMetadata: { Floor: "1" },
      },
      [{ host: "10.0.3.21", port: 2020 }],
    ],
    ["onvif", onvif({ address: "10.0.3.21" }), { Onvif: { Address: "10.0.3.21", Port: "80" } }, [{ host: "10.0.3.21", port: 80 }]],
    ["coap", coap(), { other: {} }, []],
    [
      "coap",
      coap({ address: "10.0.3.22" }),
      { COAP: { ED_ADDR: "10.0.3.22", ED_SecurityMode: "NoSec" } },
      [{ host: "10.0.3.22", port: 5683, protocol: "UDP" }],
    ],
    ["rfid-llrp", rfidLlrp({ host: "10.0.3.23" }), { tcp: { host: "10.0.3.23", port: "5084" } }, [{ host: "10.0.3.23", port: 5084 }]],
    [
      "other",
      DeviceProtocol.of({ s7: { Host: "10.0.3.24" } }, [{ host: "10.0.3.24", port: 102 }]),
      { s7: { Host: "10.0.3.24" } },
      [{ host: "10.0.3.24", port: 102 }],
    ],
  ])("%s %#", (kind, protocol, properties, reachedAt) => {
    expect(protocol.kind).toBe(kind);
    expect(protocol.properties).toEqual(properties);
    expect(protocol.reachedAt).toEqual(reachedAt);
  });
});

describe("what cannot be reached is refused (MEC1488)", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["no host", () => modbusTcp({ address: "" }), /got "" as address/],
    ["a URL as host", () => modbusTcp({ address: "tcp://10.0.0.1" }), /without a scheme/],
    ["a host with its port", () => snmp({ address: "10.0.0.1:161" }), /without a scheme and a port/],
    ["half an address", () => modbusTcp({ address: "10.0.0" }), /as address/],
    ["an address out of range", () => modbusTcp({ address: "10.0.0.256" }), /as address/],
    ["IPv6", () => modbusTcp({ address: "fd00::1" }), /IPv4/],
    ["the pod itself", () => rest({ host: "127.0.0.1", path: "api" }), /the pod or the machine itself/],
    ["the machine's metadata", () => rest({ host: "169.254.169.254", path: "latest" }), /the pod or the machine itself/],
    ["localhost", () => rfidLlrp({ host: "localhost" }), /the pod or the machine itself/],
    ["port 0", () => modbusTcp({ address: "a", port: 0 }), /got 0 as port/],
    ["port 65536", () => snmp({ address: "a", port: 65_536 }), /65535/],
    ["half a port", () => onvif({ address: "a", port: 80.5 }), /got 80.5/],
    ["a unit of two bytes", () => modbusTcp({ address: "a", unitId: 256 }), /got 256 as unitId/],
    ["half a second", () => modbusTcp({ address: "a", timeout: Duration.seconds(0.5) }), /got 0.5 s as timeout/],
    ["a topic with a wildcard", () => mqtt({ commandTopic: "command/+" }), /without \+ and #/],
    ["no topic", () => mqtt({ commandTopic: "" }), /commandTopic/],
    ["no path, of which device-rest makes an empty URL", () => rest({ host: "a", path: "" }), /cannot be empty/],
    ["a path with a slash before it", () => rest({ host: "a", path: "/api" }), /between slashes/],
    ["an endpoint of HTTP", () => opcUa({ endpoint: "https://10.0.0.1" }), /opc\.tcp/],
    ["a port of an endpoint", () => opcUa({ endpoint: "opc.tcp://10.0.0.1:99999/x" }), /got 99999 as port of endpoint/],
    ["a host of an endpoint", () => opcUa({ endpoint: "opc.tcp://127.0.0.1:4840" }), /itself/],
    ["a MAC address of five bytes", () => onvif({ address: "a", macAddress: "aa:bb:cc:dd:ee" }), /macAddress/],
    ["a MAC address of two kinds of signs", () => onvif({ address: "a", macAddress: "aa:bb-cc:dd:ee:ff" }), /macAddress/],
    ["properties that are no map", () => DeviceProtocol.of({ s7: "x" as never }), /properties\.s7/],
    ["properties that JSON cannot hold", () => DeviceProtocol.of({ s7: { Rack: Number.NaN } }), /got NaN/],
    ["an endpoint of other properties", () => DeviceProtocol.of({}, [{ host: "10.0.0.1", port: -1 }]), /got -1 as reachedAt\[0\]\.port/],
  ])("%s", (_, call, text) => {
    const error = refusal(call);
    expect([error.code, error.message]).toEqual(["MEC1488", expect.stringMatching(text)]);
  });

  test("a password in an endpoint is not repeated", () => {
    const { code, message } = refusal(() => opcUa({ endpoint: "opc.tcp://me:hidden@10.0.0.1:4840" }));
    expect(code).toBe("MEC1488");
    expect(message).not.toContain("hidden");
  });
});
