/**
 * Orders two version numbers such as `1.11.4`; a pre-release (`1.11.0-beta1`) comes before its release.
 *
 * @returns negative, zero or positive, as for `Array.prototype.sort`
 */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [parse(left), parse(right)];
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index++) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre === b.pre) return 0;
  if (a.pre === "") return 1;
  if (b.pre === "") return -1;
  return a.pre < b.pre ? -1 : 1;
}

function parse(version: string): { numbers: number[]; pre: string } {
  const [core = "", ...rest] = version.replace(/^v/, "").split("+")[0]!.split("-");
  return { numbers: core.split(".").map((part) => Number.parseInt(part, 10) || 0), pre: rest.join("-") };
}
