import type { EdgeXSettings } from "../settings";
import { brokerNode } from "./broker";
import { commandNode, dataNode, metadataNode } from "./core";
import { databaseNode } from "./database";
import { keeperNode } from "./keeper";
import type { ServiceNode } from "./service-node";
import { notificationsNode, schedulerNode } from "./support";
import { uiNode } from "./ui";

/**
 * The services that an EdgeX has by its profile, without device services, exports and the rules engine.
 *
 * @param settings settings of the EdgeX
 * @param deviceServices its device services, which core-command talks to
 */
export function ownServices(settings: EdgeXSettings, deviceServices: readonly ServiceNode[]): readonly ServiceNode[] {
  const { coreData, notifications, scheduler, ui } = settings.profile;
  const talksToDevices = deviceServices.flatMap(({ name, ports = [] }) => ports.slice(0, 1).map(({ port }) => ({ service: name, port })));
  return [
    databaseNode(settings),
    brokerNode(settings),
    keeperNode(settings),
    metadataNode(settings),
    commandNode(settings, talksToDevices),
    ...(coreData ? [dataNode(settings)] : []),
    ...(notifications ? [notificationsNode(settings)] : []),
    ...(scheduler ? [schedulerNode(settings)] : []),
    ...(ui ? [uiNode(settings)] : []),
  ];
}
