/** The layers, lowest first: each may use those before it, and none after it. The files right in lib/ are below them all. */
const LAYERS = ["lib/wavelength", "lib/microk8s", "lib/access", "lib/helm", "stacks", "examples"];

const upward = LAYERS.flatMap((layer, index) => {
  const above = LAYERS.slice(index + 1);
  return above.length === 0
    ? []
    : [
        {
          name: `${layer.replace("/", "-")}-is-below`,
          comment: `${layer} must not use ${above.join(", ")}: the layers are ${LAYERS.join(" <- ")}.`,
          severity: "error",
          from: { path: `^${layer}/` },
          to: { path: above.map((other) => `^${other}/`) },
        },
      ];
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    {
      name: "foundation-is-lowest",
      comment: "What every layer uses (errors, units, tags, identity) must use none of them; lib/index.ts only re-exports.",
      severity: "error",
      from: { path: "^lib/[^/]+\\.ts$", pathNot: "^lib/index\\.ts$" },
      to: { path: "^(lib/[^/]+/|stacks/|examples/)" },
    },
    {
      name: "no-way-up-to-the-root",
      comment: "A layer that imports lib/index.ts would load all the others.",
      severity: "error",
      from: { path: "^(lib/[^/]+/|stacks/)" },
      to: { path: "^lib/index\\.ts$" },
    },
    {
      name: "emulator-stands-alone",
      comment: "The emulator is for users' CI too: it knows nothing of constructs, and constructs know nothing of it.",
      severity: "error",
      from: { path: "^lib/(?!testing/)|^stacks/" },
      to: { path: "^lib/testing/" },
    },
    {
      name: "emulator-needs-no-layer",
      comment: "The emulator answers for AWS: it must not know what is deployed to it.",
      severity: "error",
      from: { path: "^lib/testing/" },
      to: { path: "^(lib/(?!testing/)[^/]+/|stacks/|examples/)" },
    },
    {
      name: "no-circle",
      comment: "Two files that load one another are one file, or lack a third.",
      severity: "error",
      from: { path: "^(lib|stacks|examples)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "library-without-tests",
      comment: "The library stands without its tests, benchmarks and examples.",
      severity: "error",
      from: { path: "^(lib|stacks)/" },
      to: { path: "^(test|bench|examples)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
