export { type AutoEvent, type AutoEventRetention } from "./auto-event";
export { assertDevices, profilesOf } from "./collections";
export { Device, type DeviceProps } from "./device";
export { DeviceProfile } from "./device-profile";
export {
  type DeviceCommand,
  type DeviceProfileProps,
  type DeviceResource,
  type ResourceOperation,
  type ResourceProperties,
} from "./device-profile-props";
export { DeviceProtocol } from "./device-protocol";
export {
  type CoapProps,
  type DeviceProtocolKind,
  type ModbusTcpProps,
  type MqttDeviceProps,
  type OnvifProps,
  type OpcUaProps,
  type ProtocolProperties,
  type RestDeviceProps,
  type RfidLlrpProps,
  type SnmpProps,
} from "./device-protocol-props";
export { DeviceService } from "./device-service";
export { BUS_BROKER, type BusBroker } from "./device-service-configuration";
export { type DeviceServiceContext } from "./device-service-node";
export {
  type CoapServiceOptions,
  type CustomDeviceServiceProps,
  type DeviceBroker,
  type DeviceServiceLogLevel,
  type DeviceServiceOptions,
  type DiscoveryOptions,
  type MqttServiceOptions,
  type OnvifCredentials,
  type OnvifDiscoveryOptions,
  type OnvifServiceOptions,
  type OpcUaServiceOptions,
  type RfidLlrpServiceOptions,
} from "./device-service-options";
export { type DeviceEndpoint } from "./endpoint";
export { ReadWrite } from "./read-write";
export { updateDevicesJob } from "./update-devices-job";
export { ValueType } from "./value-type";
