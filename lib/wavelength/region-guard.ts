import { Token } from "cdktf";
import type { Construct } from "constructs";
import { addRule, defaultAwsProviders, warn } from "../annotations";
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
