import { quantity } from "../../../microk8s/quantities";
import { POSTGRES_IMAGE } from "../images";
import type { EdgeXSettings } from "../settings";
import { POSTGRES } from "./addresses";
import type { ServiceNode } from "./service-node";

/** Directory of the credentials' files. */
const SECRETS = "/edgex/secrets/database";

/**
 * PostgreSQL. Since release 18 its data is below a directory of the release in /var/lib/postgresql, which the volume is mounted at: at
 * /var/lib/postgresql/data, as before, the image refuses to start. The password is set when the database is made, and stays that one.
 *
 * @see https://github.com/docker-library/docs/blob/master/postgres/README.md#pgdata
 * @see https://github.com/edgexfoundry/edgex-compose/issues/521
 */
export function databaseNode({ profile, secrets, storageClass, databaseVolume }: EdgeXSettings): ServiceNode {
  return {
    name: POSTGRES.service,
    purpose: "database",
    image: POSTGRES_IMAGE,
    // A pool of four connections for each service; the pages are cached by the machine anyway.
    args: ["-c", "max_connections=200", "-c", "shared_buffers=64MB"],
    env: {
      POSTGRES_DB: "edgex_db",
      POSTGRES_USER_FILE: `${SECRETS}/username`,
      POSTGRES_PASSWORD_FILE: `${SECRETS}/password`,
    },
    ports: [{ name: "postgres", port: POSTGRES.port }],
    // By TCP: while the database is made, the image runs a server that listens on a socket alone.
    probe: {
      command: ["sh", "-c", `exec pg_isready -q -h 127.0.0.1 -p ${POSTGRES.port} -d edgex_db -U "$(cat ${SECRETS}/username)"`],
    },
    resources: profile.database,
    // User and group of the image (Alpine).
    user: { uid: 70, gid: 70 },
    secrets: [{ secret: secrets.database, path: SECRETS, keys: ["username", "password"] }],
    volumes: [
      { name: "data", path: "/var/lib/postgresql", size: quantity(databaseVolume), claim: true, storageClass },
      { name: "run", path: "/var/run/postgresql", size: "1Mi", inMemory: true },
    ],
    talksTo: [],
  };
}
