import { MAX_USER_DATA_BYTES, userData } from "../../lib/microk8s/user-data";

const props = {
  path: "stack/Cluster",
  clusterName: "a".repeat(30),
  nodeName: "cp-0",
  bucketName: `mec-${"a".repeat(30)}-20261123000000000000000001`,
  agentKey: `agent/${"0".repeat(64)}.py`,
  agentSha256: "0".repeat(64),
};

const parsed = (text: string) => JSON.parse(text.slice("#cloud-config\n".length));

test("is cloud-init configuration that writes bootstrap, unit and node description, and starts the unit", () => {
  const text = userData(props);
  expect(text.startsWith("#cloud-config\n{")).toBe(true);
  const { write_files, runcmd } = parsed(text);
  expect(write_files.map(({ path }: { path: string }) => path)).toEqual([
    "/etc/mec/node.json",
    "/opt/mec/bootstrap.py",
    "/etc/systemd/system/mec-agent.service",
  ]);
  expect(JSON.parse(write_files[0].content)).toEqual({
    protocol: 2,
    cluster: props.clusterName,
    node: "cp-0",
    bucket: props.bucketName,
    agent: { key: props.agentKey, sha256: props.agentSha256 },
  });
  expect(write_files[2].content).toContain("ExecStart=/usr/bin/python3 -I -S /opt/mec/bootstrap.py\nRestart=always\n");
  expect(runcmd).toEqual([
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "mec-agent.service"],
  ]);
});

test("with the longest names it is within its bound", () => {
  expect(Buffer.byteLength(userData(props))).toBeLessThanOrEqual(MAX_USER_DATA_BYTES);
});

test("nothing in it is a Terraform template of its own", () => {
  expect(userData(props)).not.toMatch(/[$%]\{/);
});

test("refuses what is longer than its bound", () => {
  expect(() => userData({ ...props, bucketName: "b".repeat(3000) })).toThrow(/\[MEC1106\] stack\/Cluster: got \d+ bytes/);
});
