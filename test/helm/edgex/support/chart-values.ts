import { join } from "node:path";

/** Folder of the chart of EdgeX. */
export const EDGEX_CHART = join(__dirname, "../../../../lib/helm/edgex/chart");

/** Where it is installed in these tests. */
export const EDGEX_RELEASE = { releaseName: "edgex", namespace: "edgex" };

const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } };
const edgexUser = { uid: 2002, gid: 2001 };
const keeper = { service: "edgex-core-keeper", port: 59890 };
const broker = { service: "edgex-mqtt-broker", port: 1883 };
const database = { service: "edgex-postgres", port: 5432 };
const ping = (port: number) => ({ http: { path: "/api/v3/ping", port } });
const http = (port: number) => [{ name: "http", port }];

/** Values of the chart, written by hand: something of everything that it makes. */
export const CHART_VALUES = {
  services: {
    "edgex-postgres": {
      image: "docker.io/library/postgres:18.1-alpine3.22",
      env: { POSTGRES_DB: "edgex_db", POSTGRES_PASSWORD_FILE: "/edgex/database/password" },
      ports: [{ name: "postgres", port: 5432 }],
      probe: { command: ["pg_isready", "-U", "postgres", "-d", "edgex_db"] },
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
      user: { uid: 70, gid: 70 },
      secrets: [{ secret: "edgex-database", path: "/edgex/database", keys: ["password"] }],
      volumes: [
        { name: "data", path: "/var/lib/postgresql", size: "4Gi", claim: true, storageClass: "microk8s-hostpath" },
        { name: "run", path: "/var/run/postgresql", size: "8Mi", inMemory: true },
      ],
    },
    "edgex-mqtt-broker": {
      image: "docker.io/library/eclipse-mosquitto:2.0.22",
      command: ["/usr/sbin/mosquitto", "-c", "/edgex/broker/mosquitto.conf"],
      ports: [{ name: "mqtt", port: 1883 }],
      probe: { tcp: { port: 1883 } },
      resources,
      user: edgexUser,
      files: [{ path: "/edgex/broker", files: { "mosquitto.conf": "listener 1883\npassword_file /edgex/passwords/users\n" } }],
      secrets: [{ secret: "edgex-broker", path: "/edgex/credentials", keys: ["username", "password"] }],
      volumes: [{ name: "passwords", path: "/edgex/passwords", size: "1Mi", inMemory: true }],
      init: [
        {
          name: "passwords",
          command: [
            "/bin/sh",
            "-c",
            'mosquitto_passwd -b -c /edgex/passwords/users "$(cat /edgex/credentials/username)" "$(cat "$0")"',
            "/edgex/credentials/password",
          ],
        },
      ],
    },
    "edgex-core-keeper": {
      image: "docker.io/edgexfoundry/core-keeper:4.0.1",
      args: ["-cd=/edgex/config"],
      env: { EDGEX_SECURITY_SECRET_STORE: "false", SERVICE_HOST: "edgex-core-keeper" },
      ports: http(59890),
      probe: ping(59890),
      resources,
      user: edgexUser,
      configuration: {
        "/edgex/config/configuration.yaml": JSON.stringify({
          Service: { Host: "edgex-core-keeper", Port: 59890 },
          Database: { Host: "edgex-postgres" },
          Writable: { InsecureSecrets: { DB: { SecretData: { password: "@@edgex-database/password@@" } } } },
        }),
      },
      configurationSecrets: [{ secret: "edgex-database", keys: ["password"] }],
      talksTo: [database, broker],
    },
    "edgex-core-metadata": {
      image: "docker.io/edgexfoundry/core-metadata:4.0.1",
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "--registry"],
      env: { EDGEX_SECURITY_SECRET_STORE: "false", SERVICE_HOST: "edgex-core-metadata" },
      ports: http(59881),
      probe: ping(59881),
      resources,
      user: edgexUser,
      waitsForConfiguration: true,
      talksTo: [keeper, broker, database],
    },
    "edgex-device-rest": {
      image: "docker.io/edgexfoundry/device-rest:4.0.1",
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "--registry"],
      env: { DEVICE_PROFILESDIR: "/edgex/profiles", SERVICE_HOST: "edgex-device-rest" },
      ports: http(59986),
      probe: ping(59986),
      resources,
      user: edgexUser,
      waitsForConfiguration: true,
      files: [
        { path: "/edgex/profiles", files: { "sensor.json": '{"name":"sensor {{ .Values }}"}' } },
        { path: "/edgex/devices", files: { "devices.json": "[]" } },
      ],
      talksTo: [keeper, broker, { service: "edgex-core-metadata", port: 59881 }],
      inbound: [
        { cidrs: ["10.0.4.0/24"], ports: [{ port: 59986 }] },
        { namespace: "sensors", ports: [{ port: 59986 }] },
      ],
      outbound: [{ cidrs: ["10.0.5.0/24", "10.0.6.7/32"], ports: [{ port: 80 }, { port: 161, protocol: "UDP" }] }],
    },
    "edgex-app-metrics": {
      image: "docker.io/edgexfoundry/app-service-configurable:4.0.1",
      env: { EDGEX_PROFILE: "metrics-influxdb", SERVICE_HOST: "edgex-app-metrics" },
      ports: http(59707),
      probe: ping(59707),
      resources,
      user: edgexUser,
      waitsForConfiguration: true,
      talksTo: [keeper, broker, { service: "edgex-influxdb-exporter", port: 9122 }],
      outbound: [{ cidrs: ["0.0.0.0/0"], ports: [{ port: 443 }] }],
    },
    "edgex-influxdb-exporter": {
      image: "docker.io/prom/influxdb-exporter:v0.12.1",
      ports: http(9122),
      probe: { tcp: { port: 9122 } },
      resources,
      user: { uid: 65534, gid: 65534 },
      metrics: { port: 9122, path: "/metrics" },
    },
    "edgex-ui-go": {
      image: "docker.io/edgexfoundry/edgex-ui:4.0.1",
      ports: http(4000),
      probe: { tcp: { port: 4000 } },
      resources,
      user: edgexUser,
      talksTo: [{ service: "edgex-core-metadata", port: 59881 }],
    },
  },
  jobs: {
    "edgex-core-common-config-bootstrapper": {
      image: "docker.io/edgexfoundry/core-common-config-bootstrapper:4.0.1",
      command: ["/core-common-config-bootstrapper"],
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "-o", "-cd=/edgex/config"],
      env: { EDGEX_SECURITY_SECRET_STORE: "false", EDGEX_STARTUP_DURATION: "600" },
      resources,
      user: edgexUser,
      configuration: {
        "/edgex/config/configuration.yaml": JSON.stringify({
          "all-services": { MessageBus: { SecretData: { username: "@@edgex-broker/username@@", password: "@@edgex-broker/password@@" } } },
          mec: { Revision: "0".repeat(64) },
        }),
      },
      configurationSecrets: [{ secret: "edgex-broker", keys: ["username", "password"] }],
      talksTo: [keeper],
    },
    "edgex-update-devices": {
      image: "docker.io/curlimages/curl:8.11.1",
      command: ["/bin/sh", "/edgex/update/update.sh"],
      resources,
      user: { uid: 100, gid: 101 },
      files: [{ path: "/edgex/update", files: { "update.sh": "exit 0\n" } }],
      talksTo: [{ service: "edgex-core-metadata", port: 59881 }],
    },
  },
  revision: "0".repeat(64),
  credentials: {
    "edgex-database": { username: "postgres", generate: ["password"] },
    "edgex-broker": { username: "edgex", generate: ["password"] },
  },
  ingress: {
    className: "public",
    host: "edgex.example.com",
    tlsSecret: "edgex-tls",
    annotations: { "traefik.ingress.kubernetes.io/router.entrypoints": "websecure" },
    basicAuthMiddlewareSecret: "edgex-users",
    controllerNamespace: "ingress",
    paths: [{ path: "/", service: "edgex-ui-go", port: 4000 }],
  },
  monitoring: {
    enabled: true,
    namespace: "monitoring",
    interval: "30s",
    rules: [
      { name: "edgex", rules: [{ alert: "EdgexGone", expr: "absent(up)", for: "5m", annotations: { summary: "{{ $labels.instance }}" } }] },
    ],
    dashboards: { edgex: '{"title":"EdgeX","legend":"{{device}}"}' },
  },
  initResources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
};
