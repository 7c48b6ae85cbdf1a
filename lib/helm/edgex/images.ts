/**
 * Release of EdgeX that the chart and its configuration are made for: Odesa, with long-term support.
 * @see https://github.com/edgexfoundry/edgex-go/releases/tag/v4.0.1
 */
export const EDGEX_VERSION = "4.0.1";

/**
 * An image of EdgeX with its tag.
 *
 * @param name name of the image, such as `core-metadata`
 * @param tag its tag. @default {@link EDGEX_VERSION}
 * @see https://hub.docker.com/u/edgexfoundry
 */
export function edgexImage(name: string, tag: string = EDGEX_VERSION): string {
  return `docker.io/edgexfoundry/${name}:${tag}`;
}

/**
 * PostgreSQL, as EdgeX' own composition has it.
 * @see https://github.com/edgexfoundry/edgex-compose/blob/v4.0.1/compose-builder/.env
 */
export const POSTGRES_IMAGE = "docker.io/library/postgres:18.1-alpine3.22";

/**
 * The MQTT broker, as EdgeX' own composition has it.
 * @see https://github.com/edgexfoundry/edgex-compose/blob/v4.0.1/compose-builder/.env
 */
export const BROKER_IMAGE = "docker.io/library/eclipse-mosquitto:2.0.22";
