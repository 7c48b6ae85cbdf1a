import { alert, type RuleGroup } from "../rule";

/** Name of the job that looks at the certificates of nodes. */
export const CERTIFICATES_JOB = "mec-certificates";

/** Days below which a certificate should have been renewed: the node agent does it sixty days before its end. */
const OVERDUE_DAYS = 30;

/** Days below which somebody has to act. */
const LAST_DAYS = 7;

const left = `probe_ssl_earliest_cert_expiry{job="${CERTIFICATES_JOB}"} - time()`;
const days = (count: number) => count * 86_400;

/**
 * Alerts on certificates. Those of API server and front proxy live for a year, and microk8s renews none by itself.
 *
 * None of them sees `front-proxy-client.crt`: the API server shows it to aggregated APIs alone, and no metric tells its end. The node agent
 * renews it as it does that of the API server, and says in its log where that fails; once it has ended, the chart's `KubeAggregatedAPIDown`
 * fires where there is an aggregated API, such as metrics-server.
 * @see https://github.com/canonical/microk8s/issues/5576
 */
export const CERTIFICATE_RULES: RuleGroup = {
  name: "mec-certificates",
  rules: [
    alert(
      "MecCertificateOverdue",
      `${left} < ${days(OVERDUE_DAYS)}`,
      "1h",
      "warning",
      "The certificate of {{ $labels.component }} on {{ $labels.node }} ends in {{ $value | humanizeDuration }}",
      "The node agent renews that of the API server sixty days before its end, and has failed for a month: its log says why.",
    ),
    alert(
      "MecCertificateEnds",
      `${left} < ${days(LAST_DAYS)}`,
      "10m",
      "critical",
      "The certificate of {{ $labels.component }} on {{ $labels.node }} ends in {{ $value | humanizeDuration }}",
      "Then nobody reaches it any more. On the node: `microk8s refresh-certs --cert server.crt` for the API server.",
    ),
    alert(
      "MecClientCertificateEnds",
      // What was shown within the hour, and not a quantile: a kubelet alone shows so many that one certificate of a hundred never moves it.
      `sum by (instance) (increase(apiserver_client_certificate_expiration_seconds_bucket{job="apiserver",le=~"${days(LAST_DAYS)}(\\\\.0)?"}[1h])) > 0`,
      "0m",
      "warning",
      "{{ $labels.instance }} was shown a client certificate that ends within seven days",
      "It may be a kubelet's, the deployer's or a person's: the deployer's is made anew by the first control-plane node.",
    ),
    alert(
      "MecNodeServesNobody",
      `probe_success{job="${CERTIFICATES_JOB}"} == 0`,
      "15m",
      "critical",
      "{{ $labels.component }} on {{ $labels.node }} answers no handshake",
      "The program is down, or no security group lets other nodes reach it.",
    ),
  ],
};
