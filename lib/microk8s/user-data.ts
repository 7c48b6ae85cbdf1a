import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MecError } from "../errors";
import { PROTOCOL } from "./parameters";

/** Longest user data of a node here, in bytes; EC2 takes 16 KB, but it never changes after birth, so it holds a bootstrap only. */
export const MAX_USER_DATA_BYTES = 3072;

/** What a node must know to fetch its agent. */
export interface UserDataProps {
  /** Construct path for the error. */
  readonly path: string;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the node in the cluster. */
  readonly nodeName: string;
  /**
   * What the machine is, where it is no node of the control plane.
   * @default - a control-plane node
   */
  readonly role?: "gateway" | "worker";
  /** Name of the bucket that holds the agent. @attribute */
  readonly bucketName: string;
  /** Key of the agent in the bucket. */
  readonly agentKey: string;
  /** SHA-256 of the agent, in hexadecimal digits. */
  readonly agentSha256: string;
}

/** KillMode=process: a command that the agent has begun is left to end when the agent is restarted. */
const UNIT = `[Unit]
After=network-online.target
Wants=network-online.target
[Service]
ExecStart=/usr/bin/python3 -I -S /opt/mec/bootstrap.py
Restart=always
RestartSec=2
KillMode=process
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
[Install]
WantedBy=multi-user.target
`;

let bootstrapText: string | undefined;

/** The bootstrap without its documentation, which a node has no use for; read once for all nodes. */
function bootstrap(): string {
  bootstrapText ??= readFileSync(join(__dirname, "agent", "bootstrap.py"), "utf8")
    .split("\n")
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .join("\n")
    .concat("\n");
  return bootstrapText;
}

/**
 * User data of a node: cloud-init configuration that writes the bootstrap, its unit and what names the agent, and starts
 * the unit. cloud-init runs it once for an instance; the unit runs at each boot.
 *
 * It is JSON, which is YAML too, after cloud-init's marker line.
 *
 * @throws {MecError} MEC1106 when the text is longer than {@link MAX_USER_DATA_BYTES}
 * @see https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 */
export function userData(props: UserDataProps): string {
  const node = {
    protocol: PROTOCOL,
    cluster: props.clusterName,
    node: props.nodeName,
    role: props.role,
    bucket: props.bucketName,
    agent: { key: props.agentKey, sha256: props.agentSha256 },
  };
  const text = `#cloud-config\n${JSON.stringify({
    write_files: [
      { path: "/etc/mec/node.json", permissions: "0644", content: JSON.stringify(node) },
      { path: "/opt/mec/bootstrap.py", permissions: "0755", content: bootstrap() },
      { path: "/etc/systemd/system/mec-agent.service", permissions: "0644", content: UNIT },
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "mec-agent.service"],
    ],
  })}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_USER_DATA_BYTES) {
    throw new MecError(
      "MEC1106",
      props.path,
      `got ${bytes} bytes of user data: it holds ${MAX_USER_DATA_BYTES} at most, since it never changes after birth, so write what is longer into the agent`,
    );
  }
  return text;
}
