import { MecError, got } from "../../../errors";
import { Size } from "../../../units";
import { requests } from "../../resources";
import type { Values } from "../../values";
import { appServiceNode } from "../exports/app-service";
import { filterSteps, functionsOf, type EventFilter } from "../exports/event-filter";
import { GENERATED_SECRETS } from "../credentials";
import { BROKER, KUIPER } from "../graph/addresses";
import { secretText, type Outside, type ServiceNode, type Talk } from "../graph/service-node";
import type { ActionParts } from "./rule-action-props";
import type { Rule } from "./rule";
import { RULES_TOPIC, type RuleStream } from "./rule-stream";

/** What eKuiper runs. */
export interface RulesEngineProps {
  readonly streams: readonly RuleStream[];
  readonly rules: readonly Rule[];
  /** Name of the Secret with the credentials of the message bus, with the keys `username` and `password`. @default "edgex-broker" */
  readonly brokerSecret?: string;
  /** Which events app-rules-engine hands on. @default - all of devices */
  readonly filter?: EventFilter;
}

/**
 * eKuiper, with the plugin for EdgeX' message bus in the image that EdgeX' own composition has.
 * @see https://github.com/edgexfoundry/edgex-compose/blob/v4.0.1/compose-builder/.env
 */
export const KUIPER_IMAGE = "docker.io/lfedge/ekuiper:2.3.1-alpine";

/** Port of eKuiper's API, as EdgeX' own composition has it. */
export const KUIPER_PORT = KUIPER.port;

/** Port of eKuiper's metrics. */
export const KUIPER_METRICS_PORT = 20499;

/** Where eKuiper has what. */
const HOME = "/edgex/kuiper";

/** User of the image (https://github.com/lf-edge/ekuiper/blob/v2.3.1/deploy/docker/Dockerfile). */
const USER = { uid: 1001, gid: 1001 };

/** Port of app-rules-engine. */
const RULES_PORT = 59701;

/**
 * The two services of rules: app-rules-engine, which takes events of devices from the bus, and eKuiper, which runs the rules.
 *
 * Rules are code: eKuiper keeps what it was told over its API until its pod ends, and then has what is written here alone.
 *
 * @param props streams and rules
 * @throws {MecError} MEC1499 for two streams or two rules of one name, MEC1497 for a rule on a stream that is not there, MEC1498 for an action that
 *   would write credentials of another into the log
 * @see https://docs.edgexfoundry.org/4.0/microservices/support/eKuiper/Ch-eKuiper/
 */
export function rulesEngineNodes(props: RulesEngineProps): ServiceNode[] {
  return [appRulesEngineNode(props.filter), kuiperNode(props)];
}

/**
 * The application service that hands events on to eKuiper.
 * @see https://github.com/edgexfoundry/app-service-configurable/blob/v4.0.1/res/rules-engine/configuration.yaml
 */
function appRulesEngineNode(filter?: EventFilter): ServiceNode {
  const steps = filterSteps("rulesEngine", filter);
  return appServiceNode({
    key: "app-rules-engine",
    purpose: "hands events of devices on to eKuiper",
    port: RULES_PORT,
    configuration: {
      Writable: {
        Pipeline: {
          TargetType: "event",
          ExecutionOrder: [...steps.map(([name]) => name), "SetResponseData"].join(", "),
          Functions: functionsOf([...steps, ["SetResponseData", { ResponseContentType: "" }]]),
        },
      },
      // Of devices alone: what rules publish would come back to them otherwise.
      Trigger: { SubscribeTopics: "events/device/#", PublishTopic: RULES_TOPIC.replace("edgex/", "") },
    },
  });
}

function kuiperNode({ streams, rules, brokerSecret = GENERATED_SECRETS.broker }: RulesEngineProps): ServiceNode {
  assertNames(streams, rules);
  const bus = busConfiguration(brokerSecret);
  const actions = rules.flatMap((rule, place) =>
    rule.actions.map((action, index) => ({
      rule,
      action,
      id: `r${place}a${index}`,
      parts: action.toParts(rule.name, `r${place}a${index}`),
    })),
  );
  const logs = actions.filter(({ action }) => action.kind === "log");
  const loud = actions.find(({ parts }) => parts.connection !== undefined);
  if (logs.length > 0 && loud !== undefined) {
    throw new MecError(
      "MEC1498",
      `Rule ${logs[0]!.rule.name}`,
      `got RuleAction.log() beside RuleAction.${loud.action.kind}() of rule ${JSON.stringify(loud.rule.name)}: eKuiper would write its credentials into the same log, so take one of them out`,
    );
  }
  const connections = connectionsOf(actions, bus);
  return {
    name: KUIPER.service,
    purpose: "runs rules on events",
    image: KUIPER_IMAGE,
    // The image's own directories cannot be written to, and its own configuration has no credentials. It has no environment of ours: each variable that
    // begins with EDGEX, KUIPER or CONNECTION would be laid over a file of that name.
    command: ["/kuiper/bin/kuiperd"],
    args: ["-loadFileType=absolute", `-etc=${HOME}/etc`, `-data=${HOME}/data`, "-log=/tmp", "-plugins=/kuiper/plugins"],
    ports: [
      { name: "http", port: KUIPER_PORT },
      { name: "metrics", port: KUIPER_METRICS_PORT },
    ],
    probe: { http: { path: "/ping", port: KUIPER_PORT } },
    resources: { ...requests(50, 96), memoryLimit: Size.mebibytes(384) },
    user: USER,
    configuration: {
      [`${HOME}/etc/kuiper.yaml`]: kuiperConfiguration(logs.length > 0),
      [`${HOME}/etc/init.json`]: ruleset(streams, actions),
      [`${HOME}/etc/sources/edgex.yaml`]: {
        default: { ...bus, topic: RULES_TOPIC, messageType: "event" },
        ...Object.fromEntries(streams.map((stream) => [stream.confKey, stream.configuration])),
      },
      [`${HOME}/etc/sources/edgex.json`]: SPELLINGS,
      [`${HOME}/etc/connections/connection.yaml`]: connections,
      [`${HOME}/etc/connections/connection.json`]: SPELLINGS,
    },
    secrets: actions.flatMap(({ parts }) => parts.secrets ?? []),
    volumes: [{ name: "data", path: `${HOME}/data`, size: "64Mi" }],
    talksTo: distinct<Talk>([BROKER, ...actions.flatMap(({ parts }) => parts.talksTo ?? [])]),
    outbound: distinct<Outside>(actions.flatMap(({ parts }) => parts.outbound ?? [])),
    metrics: { port: KUIPER_METRICS_PORT, path: "/metrics" },
  };
}

/**
 * How keys are spelled: eKuiper puts all keys of its configuration in lower case, but for those that a file of this shape beside it names.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/internal/conf/load.go
 */
const SPELLINGS: Values = { about: {}, properties: { default: ["AutoReconnect", "connectionSelector"].map((name) => ({ name })) } };

/**
 * EdgeX' message bus. Without AutoReconnect a broker that was away for a moment would be away for ever, and without KeepAlive nobody would see that
 * it is.
 * @see https://github.com/edgexfoundry/go-mod-messaging/blob/v4.0.1/internal/pkg/mqtt/client_options.go
 */
function busConfiguration(secret: string): Values {
  return {
    protocol: "tcp",
    server: BROKER.service,
    port: BROKER.port,
    type: "mqtt",
    optional: {
      Username: secretText(secret, "username"),
      Password: secretText(secret, "password"),
      KeepAlive: "10",
      AutoReconnect: "true",
    },
  };
}

/**
 * eKuiper's own settings. It writes properties of actions, passwords among them, into its log at `info`.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/configuration/global_configurations.md
 */
function kuiperConfiguration(logsResults: boolean): Values {
  return {
    basic: {
      logLevel: logsResults ? "info" : "warn",
      consoleLog: true,
      fileLog: false,
      ip: "127.0.0.1",
      port: 20498,
      restIp: "0.0.0.0",
      restPort: KUIPER_PORT,
      timezone: "UTC",
      authentication: false,
      prometheus: true,
      prometheusPort: KUIPER_METRICS_PORT,
      pprof: false,
      ignoreCase: false,
      // How often rules that ended with an error are started again, where restartStrategy has attempts.
      rulePatrolInterval: "10s",
    },
    rule: { qos: 0, checkpointInterval: "300s", sendError: false, restartStrategy: { attempts: 1 } },
    sink: { enableCache: false },
    source: { httpServerIp: "127.0.0.1", httpServerPort: 10081 },
    store: { type: "sqlite", extStateType: "sqlite" },
    portable: { pythonBin: "python" },
    openTelemetry: { serviceName: "kuiperd-service", enableRemoteCollector: false },
  };
}

/** An action of a rule with what it is made of. */
interface PlannedAction {
  readonly rule: Rule;
  /** Name of its connection. */
  readonly id: string;
  readonly parts: ActionParts;
}

/**
 * Streams and rules as eKuiper imports them when it starts: rules are texts in it.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/internal/server/rule_init.go
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/api/restapi/ruleset.md
 */
function ruleset(streams: readonly RuleStream[], actions: readonly PlannedAction[]): Values {
  const rules = [...new Set(actions.map(({ rule }) => rule))];
  return {
    streams: Object.fromEntries(streams.map(({ name, sql }) => [name, sql])),
    tables: {},
    rules: Object.fromEntries(
      rules.map((rule) => {
        const own = actions.filter((planned) => planned.rule === rule);
        const sinks = own.map(({ id, parts }) => ({
          [parts.sink]: {
            ...(parts.connection === undefined ? {} : { connectionSelector: parts.connection === "bus" ? "bus" : id }),
            ...parts.properties,
          },
        }));
        return [rule.name, JSON.stringify({ id: rule.name, sql: rule.sql, actions: sinks, options: {} })];
      }),
    ),
  };
}

/**
 * Connections by kind of sink and name. What is here is laid over what the rule says, so that no rule has a secret; `connectionSelector` is taken
 * out by it, since eKuiper looks for named connections in its database alone, and not in this file.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/internal/topo/node/conf/conn.go
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/pkg/connection/pool.go
 */
function connectionsOf(actions: readonly PlannedAction[], bus: Values): Values {
  const named = actions.flatMap(({ id, parts: { sink, connection } }) =>
    connection === undefined || connection === "bus" ? [] : [{ sink, id, connection }],
  );
  const sinks = [...new Set(named.map(({ sink }) => sink))];
  return {
    edgex: { bus: { ...bus, connectionSelector: null } },
    ...Object.fromEntries(
      sinks.map((sink) => [
        sink,
        Object.fromEntries(
          named.filter((one) => one.sink === sink).map(({ id, connection }) => [id, { ...connection, connectionSelector: null }]),
        ),
      ]),
    ),
  };
}

function assertNames(streams: readonly RuleStream[], rules: readonly Rule[]): void {
  // Sections of eKuiper's configuration are told apart without capital letters.
  assertOnce(
    "stream",
    streams.map(({ confKey }) => confKey),
  );
  assertOnce(
    "rule",
    rules.map(({ name }) => name),
  );
  const names = streams.map(({ name }) => name);
  for (const rule of rules) {
    for (const stream of rule.streams) {
      if (!names.includes(stream)) {
        throw new MecError(
          "MEC1497",
          `Rule ${rule.name}`,
          `${got(stream)} as stream: no such stream was added, so add it, or write ${names.length === 0 ? "one that was" : names.join(" or ")}`,
        );
      }
    }
  }
}

function assertOnce(kind: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MecError("MEC1499", "EdgeX", `${got(twice)} as name of two ${kind}s: eKuiper knows a ${kind} by its name, so write another`);
  }
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
