import { Device, DeviceProfile, DeviceProtocol, DeviceService, Duration, ReadWrite, ValueType, type DeviceProps } from "../../../../lib";
import type { KubernetesObject } from "../../support/helm";
import { describeLive, edgexObjects, until } from "./live";
import { LiveNamespace } from "./namespace";
import { POD_NETWORK } from "./network";

/** A profile of one value, with the attributes that a device service needs to read it. */
const profile = (name: string, attributes?: Record<string, unknown>, valueType = ValueType.INT32) =>
  DeviceProfile.of({
    name,
    deviceResources: [{ name: "Value", properties: { valueType, readWrite: ReadWrite.READ_WRITE }, attributes }],
  });

const THINGS = "things";
const autoEvents = [{ interval: Duration.seconds(5), sourceName: "Value" }];

/** Each device service with a device, whether or not there is one to talk to. */
const DEVICES: readonly DeviceProps[] = [
  { service: DeviceService.rest({ networks: [POD_NETWORK] }), profile: profile("rest"), protocols: DeviceProtocol.rest() },
  {
    service: DeviceService.mqtt(),
    profile: profile("mqtt"),
    protocols: DeviceProtocol.mqtt({ commandTopic: "command/mqtt" }),
  },
  {
    service: DeviceService.modbusTcp(),
    profile: profile("modbus", { primaryTable: "HOLDING_REGISTERS", startingAddress: 1 }, ValueType.INT16),
    protocols: DeviceProtocol.modbusTcp({ address: THINGS, unitId: 1 }),
    autoEvents,
  },
  {
    service: DeviceService.modbusTcp({ instance: "second" }),
    profile: profile("modbus", { primaryTable: "HOLDING_REGISTERS", startingAddress: 1 }, ValueType.INT16),
    protocols: DeviceProtocol.modbusTcp({ address: THINGS, unitId: 2 }),
  },
  {
    service: DeviceService.snmp(),
    profile: profile("snmp", { oid: "1.3.6.1.2.1.1.3.0", community: "private" }),
    protocols: DeviceProtocol.snmp({ address: THINGS }),
  },
  {
    service: DeviceService.opcUa(),
    profile: profile("opcua", { nodeId: "ns=2;s=Value" }),
    protocols: DeviceProtocol.opcUa({ endpoint: `opc.tcp://${THINGS}:4840` }),
  },
  {
    service: DeviceService.onvif(),
    profile: DeviceProfile.fromImage("onvif-camera"),
    protocols: DeviceProtocol.onvif({ address: "10.213.77.250" }),
  },
  {
    service: DeviceService.rfidLlrp(),
    profile: DeviceProfile.fromImage("LLRP-Device-Profile"),
    protocols: DeviceProtocol.rfidLlrp({ host: THINGS }),
  },
].map((props, index) => ({ ...props, name: `thing-${index + 1}` }));

describeLive("The device services themselves, by the rendered chart", () => {
  let live: LiveNamespace;

  beforeAll(async () => {
    const objects = edgexObjects({}, (edgex) => {
      DEVICES.forEach(({ service }) => edgex.addDeviceService(service));
      DEVICES.forEach((props) => edgex.addDevice(Device.of(props)));
    });
    live = new LiveNamespace(objects, [THINGS]);
    await live.ready(120);
  }, 240_000);

  afterAll(() => live?.remove(), 60_000);

  test("each is ready and registered, and brought its device and profile", async () => {
    expect([...live.missing.keys()]).toEqual([]);
    const devices = async () =>
      JSON.parse((await live.ask("edgex-core-metadata", 59881, "/api/v3/device/all?limit=-1")).text).devices as KubernetesObject[];
    await until(
      async () => (await devices()).length >= DEVICES.length,
      async () => JSON.stringify(await devices()),
    );
    const found = (await devices()).map(({ name, serviceName, profileName }) => [name, serviceName, profileName]);
    expect(found.sort()).toEqual([
      ["thing-1", "device-rest", "rest"],
      ["thing-2", "device-mqtt", "mqtt"],
      ["thing-3", "device-modbus", "modbus"],
      ["thing-4", "device-modbus_second", "modbus"],
      ["thing-5", "device-snmp", "snmp"],
      ["thing-6", "device-opcua", "opcua"],
      ["thing-7", "device-onvif-camera", "onvif-camera"],
      ["thing-8", "device-rfid-llrp", "LLRP-Device-Profile"],
    ]);
  }, 90_000);

  test("a thing that tells its value by HTTP is heard", async () => {
    const answer = await live.ask("edgex-device-rest", 59986, "/api/v3/resource/thing-1/Value", {
      method: "POST",
      body: "42",
      type: "text/plain",
    });
    expect(answer).toMatchObject({ status: 200 });
  }, 30_000);

  test("none ends and starts anew", () => {
    const restarted = [...live.pods]
      .filter(([name, pod]) => name.includes("device") && pod.restarts > 1)
      .map(([name, { restarts }]) => `${name}: ${restarts}`);
    expect(restarted).toEqual([]);
  });
});
