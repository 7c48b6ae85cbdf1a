import type { Values } from "../../values";
import { GENERATED_SECRETS } from "../credentials";
import { BROKER } from "../graph/addresses";
import { secretText } from "../graph/service-node";
import { isMacAddress, isTopic } from "./device-protocol-rules";
import { MecError, got } from "../../../errors";
import { secretName } from "../../names";
import { goDuration } from "./auto-event";
import { assertHost, assertPort } from "./endpoint";
import type {
  CoapServiceOptions,
  DiscoveryOptions,
  MqttServiceOptions,
  OnvifCredentials,
  OnvifServiceOptions,
  OpcUaServiceOptions,
  RfidLlrpServiceOptions,
} from "./device-service-options";
import { Cidr } from "../../../wavelength/cidr";

const CODE = "MEC1492";

/** What a private configuration is made for. */
export interface ConfiguredService {
  /** Name of the Deployment, which is the host. */
  readonly name: string;
  /** Name that it registers by. */
  readonly serviceKey: string;
  /** Port that it answers at. */
  readonly port: number;
  /** @default "INFO" */
  readonly logLevel?: string;
  /** Directory of its profiles; empty for none. */
  readonly profilesDir: string;
  /** Directory of its devices; empty for none. */
  readonly devicesDir: string;
  /** Name of the site, for brokers that several share. @default - none */
  readonly site?: string;
}

/** EdgeX' own broker, as the common configuration names it. */
export interface BusBroker {
  /** Name of its Service. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** Name of the Kubernetes Secret with the keys `username` and `password`. */
  readonly secret: string;
}

/** The broker as the chart has it. */
export const BUS_BROKER: BusBroker = { host: BROKER.service, port: BROKER.port, secret: GENERATED_SECRETS.broker };

/** What each private configuration has. */
function base(service: ConfiguredService, device: Values = {}, insecureSecrets: Values = {}): Values {
  return {
    Writable: {
      LogLevel: service.logLevel ?? "INFO",
      ...(Object.keys(insecureSecrets).length === 0 ? {} : { InsecureSecrets: insecureSecrets }),
    },
    Service: { Host: service.name, Port: service.port, StartupMsg: `${service.serviceKey} started` },
    // Two services of one client id would throw each other out of the broker.
    MessageBus: { Optional: { ClientId: service.serviceKey } },
    Device: { ProfilesDir: service.profilesDir, DevicesDir: service.devicesDir, ...device },
  };
}

function login(secret: string, usernameKey = "username", passwordKey = "password"): Values {
  return { username: secretText(secret, usernameKey), password: secretText(secret, passwordKey) };
}

/** @see https://github.com/edgexfoundry/device-mqtt-go/blob/v4.0.1/cmd/res/configuration.yaml */
export function mqttConfiguration(service: ConfiguredService, options: MqttServiceOptions, bus: BusBroker): Values {
  const { broker, incomingTopic = "incoming/data/#", responseTopic = "command/response/#", qos = 0 } = options;
  const secret = broker === undefined ? bus.secret : broker.secret;
  return {
    MaxEventSize: 0,
    ...base(service, {}, secret === undefined ? {} : { DeviceBroker: { SecretName: "device-broker", SecretData: login(secret) } }),
    MQTTBrokerInfo: {
      Schema: broker?.tls === true ? "ssl" : "tcp",
      Host: broker?.host ?? bus.host,
      Port: broker === undefined ? bus.port : mqttPort(broker),
      Qos: qos,
      // An hour, as the image has it, would leave a dead connection unseen for as long.
      KeepAlive: 60,
      // The bus is the same broker by default, where the image uses one id twice.
      // A broker of others may be that of several sites, too.
      ClientId: `${broker === undefined || service.site === undefined ? "" : `${service.site}-`}${service.serviceKey}-devices`,
      CredentialsRetryTime: 120,
      CredentialsRetryWait: 1,
      ConnEstablishingRetry: 10,
      ConnRetryWaitTime: 5,
      AuthMode: secret === undefined ? "none" : "usernamepassword",
      CredentialsName: "device-broker",
      IncomingTopic: incomingTopic,
      ResponseTopic: responseTopic,
      Writable: { ResponseFetchInterval: 500 },
    },
  };
}

/** Port of a broker of devices. */
export function mqttPort({ port, tls }: { readonly port?: number; readonly tls?: boolean }): number {
  return port ?? (tls === true ? 8883 : 1883);
}

/**
 * Refuses what device-mqtt cannot use.
 *
 * @throws {MecError} MEC1488 for the host, MEC1492 for the topics, MEC1424 for what is no name of a Secret
 */
export function assertMqttOptions(path: string, { broker, incomingTopic, responseTopic }: MqttServiceOptions): void {
  if (broker !== undefined) {
    assertHost(path, "broker.host", broker.host);
    assertPort(path, "broker.port", mqttPort(broker));
    if (broker.secret !== undefined) {
      secretName(path, "broker.secret", broker.secret);
    }
  }
  for (const [property, topic] of Object.entries({ incomingTopic, responseTopic })) {
    // What is between is cut off the topic of a message to find the names of device and resource.
    if (topic !== undefined && !(topic.endsWith("/#") && isTopic(topic.slice(0, -2)))) {
      throw new MecError(
        CODE,
        path,
        `${got(topic)} as ${property}: device-mqtt reads names behind it, so write topics without + that end in /#, such as "incoming/data/#"`,
      );
    }
  }
}

/** @see https://github.com/edgexfoundry/device-onvif-camera/blob/v4.0.1/cmd/res/configuration.yaml */
export function onvifConfiguration(service: ConfiguredService, options: OnvifServiceOptions): Values {
  const { credentials = [], discovery, notificationUrl } = options;
  const forAll = credentials.find(({ macAddresses }) => macAddresses === undefined);
  return {
    ...base(
      service,
      {
        ProvisionWatchersDir: discovery === undefined ? "" : "./res/provisionwatchers",
        Discovery: discoveryOf(discovery),
      },
      Object.fromEntries(
        credentials.map(({ secret, usernameKey, passwordKey, mode }) => [
          secret,
          { SecretName: secret, SecretData: { ...login(secret, usernameKey, passwordKey), mode: mode ?? "usernametoken" } },
        ]),
      ),
    ),
    AppCustom: {
      RequestTimeout: 4,
      DefaultSecretName: forAll?.secret ?? "NoAuth",
      BaseNotificationURL: notificationUrl ?? `http://${service.name}:${service.port}`,
      // A pod is in no multicast group of the cameras' network.
      DiscoveryMode: "netscan",
      DiscoveryEthernetInterface: "eth0",
      DiscoverySubnets: (discovery?.subnets ?? []).join(","),
      ProbeAsyncLimit: 400,
      ProbeTimeoutMillis: 2000,
      MaxDiscoverDurationSeconds: 300,
      EnableStatusCheck: true,
      CheckStatusInterval: 30,
      CredentialsMap: {
        NoAuth: "",
        ...Object.fromEntries(credentials.flatMap(({ secret, macAddresses }) => (macAddresses ? [[secret, macAddresses.join(",")]] : []))),
      },
    },
  };
}

/**
 * Refuses what device-onvif-camera cannot use.
 *
 * @throws {MecError} MEC1492, MEC1424 for what is no name of a Secret, MEC1003 for what is no network
 */
export function assertOnvifOptions(path: string, { credentials = [], discovery, notificationUrl }: OnvifServiceOptions): void {
  assertDiscovery(path, discovery);
  discovery?.ports?.forEach((port, index) => assertPort(path, `discovery.ports[${index}]`, port));
  credentials.forEach((one, index) => assertCredentials(path, index, one, credentials));
  if (notificationUrl !== undefined && !/^https?:\/\/[^\s/?#@]+\/?$/.test(notificationUrl)) {
    throw new MecError(
      CODE,
      path,
      `got a notificationUrl that is none (it is not shown): cameras send events to a scheme, a host and a port, without user and path, so write for example "http://203.0.113.7:59984"`,
    );
  }
}

function assertCredentials(path: string, index: number, one: OnvifCredentials, all: readonly OnvifCredentials[]): void {
  const place = `credentials[${index}]`;
  secretName(path, `${place}.secret`, one.secret);
  if (all.findIndex(({ secret }) => secret === one.secret) !== index) {
    throw new MecError(CODE, path, `${got(one.secret)} as secret of two credentials: write it once, with all its macAddresses`);
  }
  if (one.macAddresses === undefined) {
    if (all.some(({ macAddresses }, other) => macAddresses === undefined && other < index)) {
      throw new MecError(
        CODE,
        path,
        `got two credentials without macAddresses: one is for all other cameras, so write macAddresses at ${place}`,
      );
    }
    return;
  }
  for (const mac of one.macAddresses) {
    if (!isMacAddress(mac)) {
      throw new MecError(CODE, path, `${got(mac)} in ${place}.macAddresses: it is six bytes, so write for example "aa:bb:cc:dd:ee:ff"`);
    }
    const same = (other: string) => other.toLowerCase().replaceAll("-", ":") === mac.toLowerCase().replaceAll("-", ":");
    if (all.flatMap(({ macAddresses }) => macAddresses ?? []).filter(same).length > 1) {
      throw new MecError(CODE, path, `${got(mac)} in macAddresses of two credentials: a camera has one user, so write it once`);
    }
  }
}

/** @see https://github.com/edgexfoundry/device-rfid-llrp-go/blob/v4.0.0/cmd/res/configuration.yaml */
export function rfidLlrpConfiguration(service: ConfiguredService, { discovery }: RfidLlrpServiceOptions): Values {
  return {
    ...base(service, {
      ProvisionWatchersDir: discovery === undefined ? "" : "./res/provision_watchers",
      Discovery: discoveryOf(discovery),
    }),
    AppCustom: {
      DiscoverySubnets: (discovery?.subnets ?? []).join(","),
      ProbeAsyncLimit: 400,
      ProbeTimeoutSeconds: 2,
      ScanPort: "5084",
      MaxDiscoverDurationSeconds: 300,
    },
  };
}

/** @see https://github.com/edgexfoundry/device-opc-ua/blob/v4.0.1/cmd/res/configuration.yaml */
export function opcUaConfiguration(service: ConfiguredService, { subscription }: OpcUaServiceOptions): Values {
  return {
    ...base(service),
    OPCUAServer: {
      // It must not be empty, and names nothing where no resources are subscribed to.
      DeviceName: subscription?.device ?? "none",
      Policy: "None",
      Mode: "None",
      CertFile: "",
      KeyFile: "",
      Writable: { Resources: (subscription?.resources ?? []).join(",") },
    },
  };
}

/**
 * Configuration of a service of the SDK for C, whole: told to overwrite what is stored, it reads no common configuration, and it takes passwords
 * from no other file than its own.
 *
 * @see https://github.com/edgexfoundry/device-coap-c/blob/v4.0.0/res/configuration.yaml
 * @see https://github.com/edgexfoundry/device-sdk-c/blob/v4.0.0/src/c/service.c
 */
export function coapConfiguration(service: ConfiguredService, { psk }: CoapServiceOptions, bus: BusBroker): Values {
  const { Service, MessageBus, ...rest } = base(
    service,
    {},
    {
      MessageBus: { SecretName: "message-bus", SecretData: login(bus.secret) },
      ...(psk === undefined ? {} : { CoAP: { SecretName: "psk", SecretData: { PskKey: secretText(psk.secret, psk.key) } } }),
    },
  ) as Record<string, Values>;
  return {
    ...rest,
    Service: { ...Service, HealthCheckInterval: "10s" },
    MessageBus: {
      Type: "mqtt",
      Protocol: "tcp",
      Host: bus.host,
      Port: bus.port,
      AuthMode: "usernamepassword",
      SecretName: "message-bus",
      BaseTopicPrefix: "edgex",
      ...MessageBus,
    },
    Driver: { CoapBindAddr: "0.0.0.0", SecurityMode: psk === undefined ? "NoSec" : "PSK" },
  };
}

function discoveryOf(discovery: DiscoveryOptions | undefined): Values {
  return {
    Enabled: discovery !== undefined,
    Interval: discovery?.interval === undefined ? "1h" : goDuration("DeviceService", "discovery.interval", discovery.interval),
  };
}

/** The largest network that a search gets through before it is ended. */
const LARGEST = 16;

/**
 * Refuses a search that asks nobody, or more than it can.
 *
 * @throws {MecError} MEC1492, MEC1003 for what is no network
 */
export function assertDiscovery(path: string, discovery: DiscoveryOptions | undefined): void {
  if (discovery === undefined) {
    return;
  }
  if (discovery.subnets.length === 0) {
    throw new MecError(CODE, path, `got no subnets of discovery: each address of them is asked, so write some, or leave discovery out`);
  }
  for (const subnet of discovery.subnets) {
    if (Cidr.parse(path, subnet).prefix < LARGEST) {
      throw new MecError(
        CODE,
        path,
        `${got(subnet)} in subnets of discovery: each address is asked, which takes too long for more than a /${LARGEST}, so write smaller ones`,
      );
    }
  }
  if (discovery.interval !== undefined) {
    goDuration(path, "discovery.interval", discovery.interval);
  }
}
