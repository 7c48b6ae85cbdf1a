import {
  ApiAccess,
  MachineImage,
  Microk8sChannel,
  Microk8sCluster,
  WavelengthInstanceType,
  WavelengthNetwork,
  WavelengthZone,
} from "../../lib";
import { resource, synthStack } from "../support/synth";

const CANONICAL = "/aws/service/canonical/ubuntu/server";

function synth(machineImage?: MachineImage, instanceType?: WavelengthInstanceType) {
  // A zone whose offers are not known takes every instance type at synth.
  const zone = WavelengthZone.EU_WEST_3_CMN;
  return synthStack(
    (stack) =>
      new Microk8sCluster(stack, "Cluster", {
        clusterName: "casablanca",
        network: new WavelengthNetwork(stack, "Network", { zone }),
        channel: Microk8sChannel.V1_35,
        apiAccess: ApiAccess.privateNetwork(),
        controlPlane: { machineImage, instanceType },
      }),
    zone.parentRegion,
  );
}
const parameterOf = (json: ReturnType<typeof synth>) =>
  Object.values<{ name: string }>(json.data.aws_ssm_parameter ?? {}).map(({ name }) => name);

test("is Ubuntu 24.04 by Canonical's public parameter, unless another is named", () => {
  expect(parameterOf(synth())).toEqual([`${CANONICAL}/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id`]);
  expect(parameterOf(synth(MachineImage.UBUNTU_22_04))).toEqual([`${CANONICAL}/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id`]);
  expect(parameterOf(synth(MachineImage.fromSsmParameter("/golden/ubuntu")))).toEqual(["/golden/ubuntu"]);
});

test("is of the architecture of the instance type", () => {
  expect(parameterOf(synth(undefined, WavelengthInstanceType.of("m7g.xlarge")))).toEqual([
    `${CANONICAL}/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id`,
  ]);
});

test("may be one by its id, and then nothing is looked up", () => {
  const json = synth(MachineImage.fromId("ami-0123456789abcdef0"));
  expect(resource(json, "aws_instance").ami).toBe("ami-0123456789abcdef0");
  expect(parameterOf(json)).toEqual([]);
});

test("never replaces a node that is there", () => {
  expect(resource(synth(MachineImage.fromId("ami-0123456789abcdef0")), "aws_instance").lifecycle.ignore_changes).toContain("ami");
});

test.each(["ubuntu-24.04", "ami-", "ami-XYZ", ""])("refuses the image %j", (imageId) => {
  expect(() => MachineImage.fromId(imageId)).toThrow(/\[MEC1125\] MachineImage\.fromId: got .*"ami-0123456789abcdef0"/);
});

test.each(["golden/ubuntu", "/golden/", "ami-0123456789abcdef0", ""])("refuses the parameter %j", (name) => {
  expect(() => MachineImage.fromSsmParameter(name)).toThrow(
    /\[MEC1125\] MachineImage\.fromSsmParameter: got .*"\/golden\/ubuntu-24\.04\/ami-id"/,
  );
});
