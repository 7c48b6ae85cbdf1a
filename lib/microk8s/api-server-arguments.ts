import { Token } from "cdktf";
import { MecError, got } from "../errors";
import type { AuditLog } from "./audit-log";
import type { Microk8sChannel } from "./channel";
import { withOwnGates } from "./feature-gates";
import { checkedFlags, flagText, mergedFlags, type Flags, type RenderedFlags } from "./flags";
import { KUBERNETES_COMPONENTS } from "./kubernetes-component";

/** The plug-in that microk8s has in the list of those that are on (https://github.com/canonical/microk8s/blob/1.35/microk8s-resources/default-args/kube-apiserver). */
const OWN_PLUGIN = "EventRateLimit";

/**
 * Who knows the people that may use the API. The API server asks it at port 443 for its keys; another port is to be let out by
 * `cluster.connections.allowTo`.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
 */
export interface OidcProps {
  /** URL of the issuer, `https` without query and fragment. */
  readonly issuerUrl: string;
  /** Id of the client that tokens must be for. */
  readonly clientId: string;
  /**
   * Claim with the user's name.
   * @default - `sub`, Kubernetes' own
   */
  readonly usernameClaim?: string;
  /**
   * What is put before the user's name; `-` for nothing.
   * @default - the issuer and `#`, or nothing where the claim is `email`: Kubernetes' own
   */
  readonly usernamePrefix?: string;
  /**
   * Claim with the user's groups.
   * @default - no groups
   */
  readonly groupsClaim?: string;
  /**
   * What is put before the name of a group, so that the issuer cannot put anybody into `system:masters`; not empty.
   * @default "oidc:"
   */
  readonly groupsPrefix?: string;
}

/** Which admission plug-ins are on beside those that Kubernetes and microk8s have on. */
export interface AdmissionPluginsProps {
  /**
   * Plug-ins that are on, such as `AlwaysPullImages`.
   * @default - none
   */
  readonly enable?: readonly string[];
  /**
   * Plug-ins that are off.
   * @default - none
   */
  readonly disable?: readonly string[];
}

/**
 * Arguments of the API server.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export interface ApiServerArguments {
  /**
   * The log of who asked for what.
   * @default - none; with `cisHardening`, `AuditLog.metadata()`
   */
  readonly auditLog?: AuditLog;

  /**
   * Who knows the people that may use the API.
   * @default - nobody: there are certificates and service accounts
   */
  readonly oidc?: OidcProps;

  /**
   * Admission plug-ins.
   * @default - Kubernetes' own, and microk8s' EventRateLimit
   */
  readonly admissionPlugins?: AdmissionPluginsProps;

  /**
   * Further flags, such as `{ "--max-requests-inflight": 800 }`; `null` takes away what microk8s sets. Those that microk8s or this
   * library needs are refused; to `--feature-gates` those are added that microk8s closes for its datastore.
   * @default - none
   */
  readonly extraArguments?: Flags;
}

/**
 * The API server's flags.
 *
 * @param path construct path for the errors
 * @param args arguments as a person wrote them
 * @param channel the channel of the nodes
 * @param alwaysOn admission plug-ins that an add-on has on
 * @throws {MecError} MEC1140 to MEC1143 for `extraArguments` and texts, MEC1144 for plug-ins, MEC1152 for an issuer
 */
export function apiServerFlags(
  path: string,
  args: ApiServerArguments,
  channel: Microk8sChannel,
  alwaysOn: readonly string[],
): RenderedFlags {
  const typed = {
    ...from("auditLog", args.auditLog?.flags ?? {}),
    ...from("oidc", args.oidc ? oidcFlags(path, args.oidc) : {}),
    ...from("admissionPlugins", admissionFlags(path, alwaysOn, args.admissionPlugins)),
  };
  const component = KUBERNETES_COMPONENTS.apiServer;
  return mergedFlags(path, component, typed, withOwnGates(path, channel, checkedFlags(path, component, args.extraArguments)));
}

function from(property: string, flags: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, [property, value] as const]));
}

function oidcFlags(path: string, props: OidcProps): Record<string, string> {
  const where = "nodeArguments.apiServer.oidc";
  if (!Token.isUnresolved(props.issuerUrl) && !/^https:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(props.issuerUrl)) {
    throw new MecError(
      "MEC1152",
      path,
      `${got(props.issuerUrl)} as ${where}.issuerUrl: the API server takes an https URL without user, query and fragment, so write for example "https://id.example.com/realms/edge"`,
    );
  }
  if (props.clientId === "" || props.groupsPrefix === "" || (props.groupsPrefix ?? "").startsWith("system:")) {
    const [name, value] = props.clientId === "" ? ["clientId", ""] : ["groupsPrefix", props.groupsPrefix];
    throw new MecError(
      "MEC1152",
      path,
      name === "clientId"
        ? `${got(value)} as ${where}.clientId: tokens are for a client, so write its id, such as "kubernetes"`
        : `${got(value)} as ${where}.groupsPrefix: the issuer could put people into Kubernetes' own groups, so write for example "oidc:"`,
    );
  }
  if ((props.usernamePrefix ?? "").startsWith("system:")) {
    throw new MecError(
      "MEC1152",
      path,
      `${got(props.usernamePrefix)} as ${where}.usernamePrefix: the issuer could name Kubernetes' own users, so write for example "oidc:"`,
    );
  }
  if (props.groupsPrefix !== undefined && props.groupsClaim === undefined) {
    throw new MecError(
      "MEC1152",
      path,
      `${got(props.groupsPrefix)} as ${where}.groupsPrefix: there are no groups, so write groupsClaim too`,
    );
  }
  const texts = {
    "--oidc-issuer-url": props.issuerUrl,
    "--oidc-client-id": props.clientId,
    "--oidc-username-claim": props.usernameClaim,
    "--oidc-username-prefix": props.usernamePrefix,
    "--oidc-groups-claim": props.groupsClaim,
    "--oidc-groups-prefix": props.groupsClaim === undefined ? undefined : (props.groupsPrefix ?? "oidc:"),
  };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([flag, text]) => (text === undefined ? [] : [[flag, flagText(path, `${where} (${flag})`, text)]])),
  );
}

function admissionFlags(
  path: string,
  alwaysOn: readonly string[],
  { enable = [], disable = [] }: AdmissionPluginsProps = {},
): Record<string, string> {
  const where = "nodeArguments.apiServer.admissionPlugins";
  const refuse = (value: string, property: string, rule: string) => {
    throw new MecError("MEC1144", path, `${got(value)} as ${where}.${property}: ${rule}`);
  };
  for (const [property, plugins] of Object.entries({ enable, disable })) {
    for (const [index, plugin] of plugins.entries()) {
      if (!/^[A-Z][A-Za-z0-9]+$/.test(plugin)) {
        refuse(plugin, property, 'a plug-in has the name that Kubernetes gives it, so write for example "AlwaysPullImages"');
      }
      if (plugins.indexOf(plugin) !== index) {
        refuse(plugin, property, "it is there twice, so write it once");
      }
    }
  }
  const both = enable.find((plugin) => disable.includes(plugin));
  if (both !== undefined) {
    refuse(both, "enable and disable", "the API server does not start with both, so write one");
  }
  if (disable.includes(OWN_PLUGIN)) {
    refuse(OWN_PLUGIN, "disable", "microk8s has it on, and the API server does not start with both, so leave it out");
  }
  // The flag has one value: what microk8s has there stays.
  const on = [...new Set([OWN_PLUGIN, ...alwaysOn, ...enable])];
  return {
    ...(on.length > 1 ? { "--enable-admission-plugins": on.join(",") } : {}),
    ...(disable.length > 0 ? { "--disable-admission-plugins": disable.join(",") } : {}),
  };
}
