import { Token } from "cdktf";
import { ClusterParameters } from "../../lib/microk8s/parameters";
import { synthStack } from "../support/synth";

test("refuses a node description that a standard parameter does not hold", () => {
  const build = (bytes: number, keyId?: string) =>
    synthStack(
      (stack) =>
        new ClusterParameters(stack, "Parameters", {
          clusterName: "boston",
          keyArn: "arn",
          nodeNames: ["cp-0"],
          endpoint: "https://10.0.0.16:16443",
          desired: () => ({ text: "x".repeat(bytes - '{"text":""}'.length), keyId }),
          capabilities: () => ({}),
        }),
    );
  expect(() => build(4096)).not.toThrow();
  expect(() => build(4097)).toThrow(/\[MEC1105\] stack\/Parameters: got 4097 bytes/);
  // What the apply alone knows may be as long as the ARN of a key.
  const keyId = Token.asString({ resolve: () => "short" });
  expect(() => build(4097 - ',"keyId":""'.length - 80, keyId)).toThrow(/MEC1105.*got 4097 bytes/);
});
