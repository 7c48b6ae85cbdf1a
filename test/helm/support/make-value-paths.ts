// Writes the list of key paths of a chart anew:
//   helm pull <chart> --version <version> --untar
//   node --import tsx test/helm/support/make-value-paths.ts <folder of the chart> <name> <version> <source>
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { valuePathList } from "./value-path-list";

const [folder, name, version, source] = process.argv.slice(2);
const file = join(__dirname, "..", "..", "..", "lib", "helm", "value-paths", `${name}-${version}.txt`);
const head = [
  `# Key paths that ${name} ${version} knows, made by test/helm/support/make-value-paths.ts from ${source}.`,
  "# Any key goes below a path that ends in `.*`.",
];
writeFileSync(file, [...head, ...valuePathList(folder), ""].join("\n"));
