import { BROKER_IMAGE } from "../images";
import type { EdgeXSettings } from "../settings";
import { BROKER } from "./addresses";
import type { ServiceNode } from "./service-node";

/** Directory of the credentials' files. */
const SECRETS = "/edgex/secrets/broker";

/** File of names and hashed passwords, in memory. */
const PASSWORDS = "/edgex/mosquitto-passwords/passwords";

/** Nobody without a name and a password; nothing on a disk. */
const CONFIGURATION = `listener ${BROKER.port}
allow_anonymous false
password_file ${PASSWORDS}
persistence false
connection_messages false
log_dest stdout
log_type error
log_type warning
log_type notice
`;

/** Writes the password and has it hashed; what is written is the user's own from the start, and never an argument of a program. */
const WRITE_PASSWORDS = [
  "set -eu",
  "umask 077",
  `printf '%s:%s\\n' "$(cat ${SECRETS}/username)" "$(cat ${SECRETS}/password)" > ${PASSWORDS}`,
  `mosquitto_passwd -U ${PASSWORDS}`,
].join("\n");

/**
 * The MQTT broker that is EdgeX' message bus. It takes nobody without the name and the password of the Secret, which all services share.
 * @see https://mosquitto.org/man/mosquitto-conf-5.html
 * @see https://docs.edgexfoundry.org/4.0/microservices/general/messagebus/
 */
export function brokerNode({ profile, secrets }: EdgeXSettings): ServiceNode {
  return {
    name: BROKER.service,
    purpose: "message bus",
    image: BROKER_IMAGE,
    command: ["/usr/sbin/mosquitto"],
    args: ["-c", "/edgex/mosquitto/mosquitto.conf"],
    ports: [{ name: "mqtt", port: BROKER.port }],
    probe: { tcp: { port: BROKER.port } },
    resources: profile.broker,
    // User and group of the image.
    user: { uid: 1883, gid: 1883 },
    files: [{ path: "/edgex/mosquitto", files: { "mosquitto.conf": CONFIGURATION } }],
    secrets: [{ secret: secrets.broker, path: SECRETS, keys: ["username", "password"] }],
    volumes: [{ name: "passwords", path: "/edgex/mosquitto-passwords", size: "1Mi", inMemory: true }],
    init: [{ name: "passwords", command: ["sh", "-c", WRITE_PASSWORDS] }],
    talksTo: [],
  };
}
