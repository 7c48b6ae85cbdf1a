import { databaseCredentials } from "../credentials";
import { edgexImage } from "../images";
import { mailConfiguration, mailServer } from "../mail";
import type { EdgeXSettings } from "../settings";
import { COMMAND, NOTIFICATIONS, POSTGRES, SCHEDULER } from "./addresses";
import { edgexService } from "./edgex-service";
import type { ServiceNode } from "./service-node";

/**
 * support-notifications: tells people and other systems.
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/support-notifications/res/configuration.yaml
 */
export function notificationsNode({ profile, logLevel, mail }: EdgeXSettings): ServiceNode {
  const sending = mail && mailConfiguration(mail);
  const node = edgexService({
    address: NOTIFICATIONS,
    purpose: "notifications to people",
    image: edgexImage("support-notifications"),
    resources: profile.service,
    logLevel,
    // The password of the mail server is nothing for the environment, which is logged.
    configuration: sending && {
      Writable: { LogLevel: logLevel, ResendLimit: 2, ResendInterval: "5s", InsecureSecrets: sending.secrets },
      Service: { Host: NOTIFICATIONS.service, Port: NOTIFICATIONS.port, StartupMsg: "support-notifications" },
      Smtp: sending.smtp,
      MessageBus: { Optional: { ClientId: "support-notifications" } },
      Retention: { Enabled: false, Interval: "30m", MaxCap: 5000, MinCap: 4000 },
    },
    talksTo: [POSTGRES],
  });
  return mail ? { ...node, outbound: [mailServer(mail)] } : node;
}

/**
 * support-scheduler: does things at times. The configuration of its image has a password of the database, which would go before the one that all
 * services share, so that it has one of ours.
 *
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/cmd/support-scheduler/res/configuration.yaml
 */
export function schedulerNode({ profile, secrets, logLevel }: EdgeXSettings): ServiceNode {
  return edgexService({
    address: SCHEDULER,
    purpose: "what is done at times",
    image: edgexImage("support-scheduler"),
    resources: profile.service,
    logLevel,
    configuration: {
      Writable: { LogLevel: logLevel, InsecureSecrets: databaseCredentials(secrets) },
      Service: { Host: SCHEDULER.service, Port: SCHEDULER.port, StartupMsg: "support-scheduler" },
      Clients: { "core-command": { Protocol: "http", Host: COMMAND.service, Port: COMMAND.port } },
      MessageBus: { Optional: { ClientId: "support-scheduler" } },
      Retention: { Enabled: true, Interval: "24h", MaxCap: 10000, MinCap: 8000 },
    },
    talksTo: [POSTGRES, COMMAND],
  });
}
