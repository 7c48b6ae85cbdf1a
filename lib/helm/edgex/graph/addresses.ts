import type { Talk } from "./service-node";

// Names and ports of EdgeX' own composition: its services know each other by these.
// https://github.com/edgexfoundry/edgex-compose/blob/v4.0.1/docker-compose-no-secty.yml

/** Configuration and registry. */
export const KEEPER: Talk = { service: "edgex-core-keeper", port: 59890 };
/** Devices, profiles and device services. */
export const METADATA: Talk = { service: "edgex-core-metadata", port: 59881 };
/** Events and readings that are kept. */
export const DATA: Talk = { service: "edgex-core-data", port: 59880 };
/** Commands to devices. */
export const COMMAND: Talk = { service: "edgex-core-command", port: 59882 };
/** Notifications to people. */
export const NOTIFICATIONS: Talk = { service: "edgex-support-notifications", port: 59860 };
/** What is done at times; 59861 before EdgeX 4.0. */
export const SCHEDULER: Talk = { service: "edgex-support-scheduler", port: 59863 };
/** The database. */
export const POSTGRES: Talk = { service: "edgex-postgres", port: 5432 };
/** The message bus. */
export const BROKER: Talk = { service: "edgex-mqtt-broker", port: 1883 };
/** The rules engine. */
export const KUIPER: Talk = { service: "edgex-kuiper", port: 59720 };
/** The web interface. */
export const UI: Talk = { service: "edgex-ui-go", port: 4000 };

/** Where a talk goes, as a URL. */
export function urlOf({ service, port }: Talk): string {
  return `http://${service}:${port}`;
}
