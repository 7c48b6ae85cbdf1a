import type { DeviceProfile } from "./device-profile";
import type { DeviceProtocol, DeviceProtocolKind } from "./device-protocol";

/**
 * Refuses resources that a device service could never read or write.
 *
 * @param path name of the input for the errors
 * @param kind kind of the device service
 * @param protocol how the device is spoken to
 * @param profile what it has
 * @throws {MecError} MEC1491
 */
export function assertResourcesOf(_path: string, _kind: DeviceProtocolKind, _protocol: DeviceProtocol, _profile: DeviceProfile): void {
  // Rules of each kind follow.
}
