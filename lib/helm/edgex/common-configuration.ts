import { createHash } from "node:crypto";
import { mergeValues, type Values } from "../values";
import { BUS_SECRET, busCredentials, databaseCredentials, type EdgeXSecrets } from "./credentials";
import { BROKER, KEEPER, METADATA, POSTGRES } from "./graph/addresses";

/** Where metadata is asked, in the sections of the common configuration. */
const CLIENTS: Values = { "core-metadata": { Protocol: "http", Host: METADATA.service, Port: METADATA.port } };

/** What every service has of `Service`. */
export const SERVICE_DEFAULTS: Values = {
  HealthCheckInterval: "10s",
  // All of the pod's addresses, where it would be that of its name alone: `kubectl port-forward` comes by another.
  ServerBindAddr: "0.0.0.0",
  MaxResultCount: 1024,
  MaxRequestSize: 0,
  RequestTimeout: "5s",
  EnableNameFieldEscape: false,
  CORSConfiguration: { EnableCORS: false },
};

/** How the database is reached. */
export const DATABASE: Values = { Host: POSTGRES.service, Port: POSTGRES.port, Timeout: "5s", Type: "postgres" };

/**
 * How the message bus is reached, with a name and a password.
 * @param baseTopic what all topics begin with
 */
export function messageBus(baseTopic: string): Values {
  return {
    Protocol: "tcp",
    Host: BROKER.service,
    Port: BROKER.port,
    Type: "mqtt",
    AuthMode: "usernamepassword",
    SecretName: BUS_SECRET,
    BaseTopicPrefix: baseTopic,
    Optional: {
      Qos: "0",
      KeepAlive: "10",
      Retained: "false",
      AutoReconnect: "true",
      ConnectTimeout: "5",
      SkipCertVerify: "false",
    },
  };
}

/** The configuration that all services share, and what it is known by. */
export interface CommonConfiguration {
  /** Sections `all-services`, `app-services`, `device-services`, and `mec` with the revision. */
  readonly values: Values;
  /** SHA-256 of the rest of it, in hexadecimal digits: services wait until core-keeper has it. */
  readonly revision: string;
}

/**
 * The configuration that all services share, whole: environment overrides of the original one change only keys that it has, and are logged.
 *
 * @param secrets names of the Secrets with credentials
 * @param extra what is laid over it, such as which telemetry is on. @default - nothing
 * @param credentialsVersion another one has it written anew, with what Secrets hold by then. @default - none
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/core-common-config-bootstrapper/res/configuration.yaml
 * @see https://docs.edgexfoundry.org/4.0/microservices/configuration/CommonConfiguration/
 */
export function commonConfiguration(secrets: EdgeXSecrets, extra?: Values, credentialsVersion?: string): CommonConfiguration {
  const values = mergeValues(
    {
      "all-services": {
        Writable: { InsecureSecrets: { ...databaseCredentials(secrets), ...busCredentials(secrets) }, Telemetry: { Interval: "30s" } },
        Service: SERVICE_DEFAULTS,
        Registry: { Host: KEEPER.service, Port: KEEPER.port, Type: "keeper" },
        Database: DATABASE,
        MessageBus: messageBus("edgex"),
      },
      "app-services": {
        Writable: { StoreAndForward: { Enabled: false, RetryInterval: "5m", MaxRetryCount: 10 } },
        Clients: CLIENTS,
        Trigger: { Type: "edgex-messagebus", SubscribeTopics: "events/#" },
      },
      "device-services": {
        MaxEventSize: 0,
        Writable: { Reading: { ReadingUnits: true } },
        Clients: CLIENTS,
        Device: {
          DataTransform: true,
          MaxCmdOps: 128,
          MaxCmdValueLen: 256,
          ProfilesDir: "./res/profiles",
          DevicesDir: "./res/devices",
          EnableAsyncReadings: true,
          AsyncBufferSize: 16,
          Labels: [],
          Discovery: { Enabled: false, Interval: "0s" },
        },
      },
    },
    extra,
  );
  const revision = createHash("sha256").update(JSON.stringify({ values, credentialsVersion })).digest("hex");
  return { values: { ...values, mec: { Revision: revision } }, revision };
}
