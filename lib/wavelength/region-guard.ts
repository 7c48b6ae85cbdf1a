import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { addRule, warn } from "../annotations";
import { MecError, got } from "../errors";
import type { WavelengthZone } from "./zone";

/**
 * Refuses, at synth, an AWS provider of another Region than the zone's parent: EC2 knows a Wavelength Zone in its parent Region
 * alone. A provider without a Region takes it from the environment, which synth cannot know, and is warned about.
 *
 * @param construct what is in the zone; its stack's default AWS provider is looked at
 * @param zone the zone
 */
export function guardParentRegion(construct: Construct, zone: WavelengthZone): void {
  addRule(construct, () =>
    defaultAwsProviders(construct).flatMap(({ region }) => {
      if (region === undefined) {
        warn(
          construct,
          "MEC1903",
          `got an AWS provider without a region: ${zone} is in ${zone.parentRegion} and AWS_REGION decides, so write region: zone.parentRegion`,
        );
        return [];
      }
      return Token.isUnresolved(region) || region === zone.parentRegion
        ? []
        : [
            new MecError(
              "MEC1010",
              construct.node.path,
              `${got(region)} as region of the AWS provider: ${zone} extends ${zone.parentRegion} and EC2 knows it there alone, so write region: zone.parentRegion`,
            ),
          ];
    }),
  );
}

/** What is read of an AWS provider. */
interface AwsProviderLike {
  readonly terraformResourceType: string;
  readonly alias?: string;
  readonly region?: string;
}

/** The AWS providers in the stack of a construct that resources take when they name none. */
function defaultAwsProviders(construct: Construct): AwsProviderLike[] {
  return TerraformStack.of(construct)
    .node.findAll()
    .filter((node) => (node as Partial<AwsProviderLike>).terraformResourceType === "aws" && "accessKeyInput" in node)
    .map((node) => node as unknown as AwsProviderLike)
    .filter(({ alias }) => alias === undefined);
}
