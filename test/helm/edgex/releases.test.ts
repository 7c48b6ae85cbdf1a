import { DeviceService } from "../../../lib";
import { SERVICES } from "./support/devices";
import { ALONE, EVERYTHING, describeReleases } from "./support/releases";

test("each device service is tried, here together and in the long tests one by one", () => {
  const kinds = ["virtual", "rest", "mqtt", "modbusTcp", "coap", "snmp", "opcUa", "onvif", "rfidLlrp"];
  const factories = Object.getOwnPropertyNames(DeviceService).filter((name) => typeof DeviceService[name as "virtual"] === "function");
  // Names, and services of one's own.
  expect(factories.filter((name) => !["named", "of", "ofKind"].includes(name)).sort()).toEqual([...kinds].sort());
  expect(Object.keys(SERVICES)).toHaveLength(kinds.length);
  expect(new Set(Object.values(SERVICES).map(({ service }) => service.name)).size).toBe(kinds.length);
});

describeReleases([...ALONE, EVERYTHING]);
