import { Token } from "cdktf";
import { MecError, got } from "./errors";
import { isListToken } from "./tokens";

/** Tags a resource can have, less the `Name` that this library adds. */
const MAX_TAGS = 49;

/**
 * Refuses tags that a service they reach refuses: over 128 characters in a key or 256 in a value, empty values, reserved keys, keys that
 * differ in case alone, or too many.
 *
 * @param path construct path for the error
 * @param tags the tags
 * @throws {MecError} MEC1033
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function assertTags(path: string, tags: Readonly<Record<string, string>> = {}): void {
  const refuse = (value: unknown, rule: string): never => {
    throw new MecError("MEC1033", path, `${got(value)} in tags: ${rule}`);
  };
  if (Object.keys(tags).length > MAX_TAGS) {
    refuse(Object.keys(tags).length, `a resource has 50 tags at most and one is its Name, so write ${MAX_TAGS} or fewer`);
  }
  const seen = new Map<string, string>();
  for (const [key, value] of Object.entries(tags)) {
    if (Token.isUnresolved(key) || isListToken(key) || Token.isUnresolved(value)) {
      continue;
    }
    const twin = seen.get(key.toLowerCase());
    if (twin !== undefined) {
      refuse(key, `IAM takes it for the same key as ${twin}, so write one of both`);
    }
    seen.set(key.toLowerCase(), key);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || /^aws:/i.test(key)) {
      refuse(
        key,
        'a key has 1 to 128 letters, digits, spaces and _.:/=+-@ and does not begin with "aws:", so write for example "cost-centre"',
      );
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(value)) {
      refuse(
        value,
        `the value of ${key} has 1 to 256 letters, digits, spaces and _.:/=+-@ (CloudFormation takes no empty one), so write for example "edge"`,
      );
    }
  }
}
