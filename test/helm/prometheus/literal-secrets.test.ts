import { Lazy } from "cdktf";
import fc from "fast-check";
import { PrometheusProfile } from "../../../lib";
import { assertNoLiteralSecrets } from "../../../lib/helm/prometheus/literal-secrets";
import { checkedPrometheus } from "../../../lib/helm/prometheus/settings";
import type { Values } from "../../../lib/helm/values";

const check = (values: Values) => assertNoLiteralSecrets("stack/Prometheus", values);
const scrape = (config: object): Values => ({ prometheus: { prometheusSpec: { additionalScrapeConfigs: [config] } } });

describe("a secret in the values", () => {
  test.each<[string, Values, string]>([
    ["grafana.adminPassword", { grafana: { adminPassword: "hidden" } }, "grafanaAdminSecret"],
    ["grafana.grafana\\.ini.smtp.password", { grafana: { "grafana.ini": { smtp: { password: "hidden" } } } }, "grafana.envFromSecret"],
    [
      "grafana.grafana\\.ini.auth\\.github.client_secret",
      { grafana: { "grafana.ini": { "auth.github": { client_secret: "hidden" } } } },
      "grafana.envFromSecret",
    ],
    ["grafana.env.GF_SMTP_PASSWORD", { grafana: { env: { GF_SMTP_PASSWORD: "hidden" } } }, "grafana.envFromSecret"],
    [
      "grafana.additionalDataSources.secureJsonData.httpHeaderValue1",
      { grafana: { additionalDataSources: [{ secureJsonData: { httpHeaderValue1: "hidden" } }] } },
      "${NAME} and grafana.envFromSecret",
    ],
    [
      "alertmanager.config.global.slack_api_url",
      { alertmanager: { config: { global: { slack_api_url: "hidden" } } } },
      "alertmanagerSecret",
    ],
    [
      "alertmanager.config.receivers.pagerduty_configs.routing_key",
      { alertmanager: { config: { receivers: [{ name: "a", pagerduty_configs: [{ routing_key: "hidden" }] }] } } },
      "alertmanagerSecret",
    ],
    ["alertmanager.stringConfig", { alertmanager: { stringConfig: "global: { smtp_auth_password: hidden }" } }, "alertmanagerSecret"],
    [
      "prometheus.prometheusSpec.additionalScrapeConfigs.basic_auth.password",
      scrape({ basic_auth: { username: "me", password: "hidden" } }),
      "prometheus.prometheusSpec.additionalScrapeConfigsSecret",
    ],
    [
      "prometheus.prometheusSpec.additionalScrapeConfigs.params.token",
      scrape({ params: { token: ["hidden"] } }),
      "prometheus.prometheusSpec.additionalScrapeConfigsSecret",
    ],
    [
      "prometheus.prometheusSpec.remoteWrite.url",
      { prometheus: { prometheusSpec: { remoteWrite: [{ url: "https://me:hidden@metrics.example.com" }] } } },
      "the URL without user and password",
    ],
  ])("%s is refused with the way out, and not repeated", (key, values, instead) => {
    let text = "";
    try {
      check(values);
    } catch (error) {
      text = (error as Error).message;
    }
    expect(text).toContain(`[MEC1437] stack/Prometheus: got a secret as values.${key} (it is not shown)`);
    expect(text).toContain(`so write ${instead}`);
    expect(text).not.toContain("hidden");
  });

  test("is refused by the add-on", () => {
    const context = { path: "stack/Prometheus", clusterName: "boston", releaseName: "prometheus" };
    const props = { profile: PrometheusProfile.LITE, values: { grafana: { adminPassword: "hidden" } } };
    expect(() => checkedPrometheus(props, context)).toThrow(/^\[MEC1437\] stack\/Prometheus/);
  });

  test("of any text is never repeated", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9!?&/+=@:-]{12,40}$/), (secret) => {
        const texts = [
          { grafana: { adminPassword: secret } },
          { alertmanager: { config: { global: { smtp_auth_password: secret } } } },
        ].map((values) => {
          try {
            check(values);
            return "let through";
          } catch (error) {
            return (error as Error).message;
          }
        });
        expect(texts.every((text) => text.startsWith("[MEC1437]") && !text.includes(secret))).toBe(true);
      }),
    );
  });
});

describe("what is no secret is taken", () => {
  const token = Lazy.stringValue({ produce: () => "${random_password.x.result}" });
  test.each<[string, Values]>([
    ["nothing", {}],
    ["a token, which only the apply knows", { grafana: { adminPassword: token } }],
    ["no password at all", { grafana: { adminPassword: null, "grafana.ini": { smtp: { password: "" } } } }],
    ["a reference", { grafana: { "grafana.ini": { smtp: { password: "$__env{SMTP_PASSWORD}" } } } }],
    ["names of Secrets", { grafana: { admin: { existingSecret: "a", passwordKey: "b" }, envFromSecret: "c" } }],
    ["switches", { grafana: { "grafana.ini": { auth: { disable_login_form: true }, users: { password_hint: "ask" } } } }],
    ["files", { alertmanager: { config: { global: { slack_api_url_file: "/etc/a", smtp_auth_password_file: "/etc/b" } } } }],
    ["public addresses", { alertmanager: { config: { global: { opsgenie_api_url: "https://api.eu.opsgenie.com/" } } } }],
    ["receivers", { alertmanager: { config: { route: { receiver: "a", group_by: ["job"] }, receivers: [{ name: "a" }] } } }],
    ["targets", scrape({ job_name: "a", static_configs: [{ targets: ["10.0.0.4:9100"] }], bearer_token_file: "/var/run/token" })],
  ])("%s", (_, values) => {
    expect(() => check(values)).not.toThrow();
  });

  test("a circle ends, for whoever refuses it", () => {
    const config: Record<string, unknown> = { route: {} };
    config.again = config;
    expect(() => check({ alertmanager: { config } })).not.toThrow();
  });
});
