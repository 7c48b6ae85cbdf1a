import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ApiAccess,
  IpAddresses,
  Microk8sChannel,
  WavelengthInstanceType,
  WavelengthVolumeType,
  WavelengthZone,
  type MecErrorCode,
} from "../lib";
import { InfrastructureStack, type InfrastructureStackProps } from "../stacks";
import { synthApp } from "./support/synth";

const documentation = readFileSync(join(__dirname, "..", "docs", "errors.md"), "utf8");
const rows = documentation.split("\n").filter((line) => /^\| \d+ \|/.test(line));

const deploy = (props: Partial<InfrastructureStackProps>) =>
  synthApp(
    (app) =>
      new InfrastructureStack(app, "boston", {
        zone: WavelengthZone.US_EAST_1_WL1_BOS,
        clusterName: "boston",
        channel: Microk8sChannel.V1_35,
        apiAccess: ApiAccess.privateNetwork(),
        ...props,
      }),
  );

/** What is caught at synth, by the number of its row; what is caught at plan is tested with Terraform itself. */
const AT_SYNTH: [number, MecErrorCode, () => unknown][] = [
  [2, "MEC1001", () => deploy({ zone: WavelengthZone.of("us-east-1a") })],
  [4, "MEC1403", () => deploy({ aws: { allowedAccountIds: ["1234"] } })],
  [5, "MEC1012", () => deploy({ controlPlane: { instanceType: WavelengthInstanceType.of("m7i.xlarge") } })],
  [6, "MEC1011", () => deploy({ controlPlane: { rootVolume: { volumeType: WavelengthVolumeType.of("gp3") } } })],
  [7, "MEC1005", () => deploy({ ipAddresses: IpAddresses.cidr("10.1.0.0/16") })],
  [7, "MEC1005", () => deploy({ peerNetworks: ["10.152.0.0/16"] })],
  [7, "MEC1016", () => deploy({ peerNetworks: ["10.0.4.0/24"] })],
  [8, "MEC1006", () => deploy({ ipAddresses: IpAddresses.cidr("10.0.0.0/27") })],
  [8, "MEC1017", () => deploy({ ipAddresses: IpAddresses.cidr("10.0.0.0/28") })],
  [9, "MEC1201", () => deploy({ apiAccess: ApiAccess.privateNetwork({ allowedCidrs: ["0.0.0.0/0"] }) })],
  [10, "MEC1030", () => deploy({ encryptionKeyArn: "alias/edge" })],
];

test("ten mistakes are listed, and every link leads to an entry", () => {
  expect(rows).toHaveLength(10);
  const anchors = documentation
    .split("\n")
    .filter((line) => line.startsWith("## "))
    .map((line) =>
      line
        .slice(3)
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replace(/\s/g, "-"),
    );
  const links = [...documentation.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

test.each(AT_SYNTH)("mistake %d is caught at synth: %s", (row, code, make) => {
  expect(make).toThrow(new RegExp(`\\[${code}\\] [^]*got [^]*so write `));
  expect(rows[row - 1]).toContain(code);
});

test("a deploy without them is synthesized", () => {
  expect(() => deploy({})).not.toThrow();
});
