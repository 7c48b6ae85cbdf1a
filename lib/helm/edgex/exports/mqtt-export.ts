import { MecError, got } from "../../../errors";
import type { SecretKey } from "../../prometheus/remote-write";
import { Size } from "../../../units";
import { requests } from "../../resources";
import { BROKER } from "../graph/addresses";
import { assertNoSecretPlaces } from "../graph/secret-places";
import type { ServiceNode } from "../graph/service-node";
import { appServiceNode } from "./app-service";
import { EndpointAddress, assertNetworks, assertNotInTheClear, type AddressRules } from "./endpoint-address";
import { filterSteps, type PipelineStep } from "./event-filter";
import { assertCredentials, textOf, type ExportCredentials, type MqttAuthMode } from "./export-credentials";
import { exportConfiguration } from "./export-configuration";
import { assertExportName, assertPlaceholders, formatSteps, type ExportOptions } from "./pipeline";

/** How sure it is that the broker gets a message: at most once, at least once, exactly once. */
export type MqttQos = 0 | 1 | 2;

/** A broker that events are published at. */
export interface MqttEndpoint {
  /**
   * The broker: `mqtts`, `ssl` or `wss` for TLS, and `tcp`, `mqtt` or `ws` within networks of one's own. Ports are 8883, 1883, 443 and 80 unless one is
   * written.
   */
  readonly broker: string;
  /**
   * Topic to publish at. `{devicename}`, `{profilename}` and `{sourcename}` are filled in.
   */
  readonly topic: string;
  /** What the export proves itself with. There is no default: nobody exports anonymously without having written it. */
  readonly credentials: ExportCredentials;
  /**
   * Certificate of the authority that signed the broker's, as PEM text in a key of a Secret, such as `ca.crt`.
   * @default - the authorities that the image of the service trusts
   */
  readonly ca?: SecretKey;
  /** @default 1 */
  readonly qos?: MqttQos;
  /** Whether the broker keeps the last message of the topic for who comes later. @default false */
  readonly retain?: boolean;
  /**
   * Name of the client at the broker; a second client of the same name ends the connection of the first.
   * @default - name of the site and key of the service, and the number of the endpoint from the second one on
   */
  readonly clientId?: string;
  /**
   * Networks that the broker is in, in CIDR notation: the NetworkPolicy lets out to these alone, and private ones may be spoken to without TLS.
   * @default - its address; every network for a name; the namespace for a Service of the cluster
   */
  readonly networks?: readonly string[];
}

/** What is exported by MQTT: to one broker, or to several, each of which gets everything, and none of which waits for another. */
export type MqttExportProps = ExportOptions & (MqttEndpoint | { readonly endpoints: readonly MqttEndpoint[] });

/** @see https://github.com/eclipse-paho/paho.mqtt.golang/blob/v1.5.0/netconn.go */
export const MQTT_ADDRESS: AddressRules = {
  code: "MEC1494",
  schemes: {
    mqtts: { port: 8883, encrypted: true, hasPath: false },
    ssl: { port: 8883, encrypted: true, hasPath: false },
    wss: { port: 443, encrypted: true, hasPath: true },
    mqtt: { port: 1883, encrypted: false, hasPath: false },
    tcp: { port: 1883, encrypted: false, hasPath: false },
    ws: { port: 80, encrypted: false, hasPath: true },
  },
  example: "mqtts://broker.example.com:8883",
};

/** Longest topic of MQTT, in bytes (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718016). */
const MAX_TOPIC = 65_535;

/** Port of the service, as the project documents it for this kind. */
const PORT = 59703;

/** Keeps waiting data in memory while it is tried again. */
const RESOURCES = { ...requests(20, 32), memoryLimit: Size.mebibytes(256) };

/**
 * The service that publishes events at brokers.
 *
 * @param path name of the factory, for the errors
 * @param props what it does
 * @param site name of the site, for the names of clients
 * @throws {MecError} MEC1493 to MEC1495
 * @see https://github.com/edgexfoundry/app-service-configurable/blob/v4.0.1/res/mqtt-export/configuration.yaml
 */
export function mqttExportNode(path: string, props: MqttExportProps, site?: string): ServiceNode {
  assertExportName(path, props.name);
  const endpoints = "endpoints" in props ? props.endpoints : [props];
  if (endpoints.length === 0) {
    throw new MecError("MEC1494", path, "got an empty list as endpoints: nothing would be exported, so write an endpoint");
  }
  const key = `app-mqtt-export-${props.name}`;
  const parsed = endpoints.map((endpoint, index) =>
    endpointOf(path, props, endpoint, index, `${site === undefined ? "" : `${site}-`}${key}`),
  );
  const twice = parsed.find(
    ({ client, place }, index) => parsed.findIndex((one) => one.client === client && one.place === place) !== index,
  );
  if (twice !== undefined) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(twice.client)} as clientId of two endpoints at ${twice.place}: each would end the connection of the other, so write another one, or leave it out`,
    );
  }
  assertNoSecretPlaces(path, props);
  const before = [...filterSteps(path, props.filter), ...formatSteps(path, props)];
  return appServiceNode({
    key,
    purpose: "publishes events at MQTT brokers outside of EdgeX",
    port: PORT,
    configuration: exportConfiguration(path, props, before, parsed),
    resources: RESOURCES,
    usesDatabase: props.storeAndForward !== false,
    outbound: parsed.map(({ outside }) => outside),
  });
}

function endpointOf(path: string, options: ExportOptions, endpoint: MqttEndpoint, index: number, client: string) {
  const { broker, topic, credentials, ca, qos = 1, retain = false, networks } = endpoint;
  const address = EndpointAddress.parse(path, "broker", broker, MQTT_ADDRESS);
  assertCredentials(path, credentials, ["user and password", "client certificate", "anonymous"]);
  assertNetworks(path, networks ?? []);
  assertNotInTheClear(path, "broker", "MEC1494", address, networks, "mqtts");
  assertTopic(path, topic, address);
  assertPlaceholders(path, "topic", topic, options.batch !== undefined);
  if (![0, 1, 2].includes(qos)) {
    throw new MecError("MEC1494", path, `${got(qos)} as qos: MQTT has 0, 1 and 2, so write one of them`);
  }
  if (!address.isEncrypted && (ca !== undefined || credentials.kind === "client certificate")) {
    throw new MecError(
      "MEC1494",
      path,
      `got ${address.scheme}:// and a certificate for ${address.host}: certificates are of TLS alone, so write mqtts://`,
    );
  }
  const secret = `endpoint${index + 1}`;
  const clientId = endpoint.clientId ?? (index === 0 ? client : `${client}-${index + 1}`);
  if (clientId === "" || Buffer.byteLength(clientId) > MAX_TOPIC) {
    throw new MecError(
      "MEC1494",
      path,
      `got ${clientId.length} characters as clientId: a broker knows a client by it, so write for example "line-1"`,
    );
  }
  const data = {
    ...(credentials.proof.kind === "user and password" || credentials.proof.kind === "client certificate" ? credentials.proof.data : {}),
    ...(ca === undefined ? {} : { cacert: textOf(path, ca.name, ca.key) }),
  };
  const step: PipelineStep = [
    `MQTTExport${index + 1}`,
    {
      BrokerAddress: address.scheme.startsWith("ws") ? broker : address.hostUrl,
      Topic: topic,
      SecretName: secret,
      ClientId: clientId,
      QOS: String(qos),
      Retain: String(retain),
      AutoReconnect: "true",
      ConnectTimeout: "10s",
      MaxReconnectInterval: "60s",
      SkipVerify: "false",
      AuthMode: authMode(credentials, ca !== undefined),
      PersistOnError: String(options.storeAndForward !== false),
      // It would hold up the start of the service for minutes where the link is away.
      PreConnect: "false",
    },
  ];
  return {
    step,
    secret,
    data,
    outside: address.outside(networks),
    hasPlaceholders: topic.includes("{"),
    client: clientId,
    place: address.hostUrl,
  };
}

function authMode(credentials: ExportCredentials, hasCa: boolean): MqttAuthMode {
  switch (credentials.kind) {
    case "user and password":
      return "usernamepassword";
    case "client certificate":
      return "clientcert";
    default:
      return hasCa ? "cacert" : "none";
  }
}

function assertTopic(path: string, topic: string, address: EndpointAddress): void {
  if (topic === "" || /[+#\0]/.test(topic) || Buffer.byteLength(topic) > MAX_TOPIC) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(topic)} as topic: a topic to publish at is not empty and has no + or #, so write for example "plant/events/{devicename}"`,
    );
  }
  if (address.host === BROKER.service && topic.startsWith("edgex/")) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(topic)} as topic at EdgeX' own broker: EdgeX would read it again as its own, so write a topic that does not begin with edgex/`,
    );
  }
}
