import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const packageRoots = ["@cdktf/provider-aws", "@cdktf/provider-kubernetes", "@cdktf/provider-helm"].map((name) => ({
  name,
  message: `Import ${name}/lib/<resource>: the package root costs 15 times the load time.`,
}));

export default tseslint.config(
  { ignores: ["dist/", "coverage/", "cdktf.out/", ".mec/"] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", { paths: packageRoots }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      // Optional peer packages load inside the function that needs them.
      "@typescript-eslint/no-require-imports": [
        "error",
        { allow: ["^@cdktf/provider-(?:kubernetes|helm)/lib/(?:provider|release|namespace-v1)$"] },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    languageOptions: { globals: { module: "writable", process: "readonly", require: "readonly", __dirname: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // A measurement loads only what it measures.
    files: ["bench/apps.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    // What only users' own programs need must not become a dependency of the library.
    files: ["lib/**/*.ts", "stacks/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            ...packageRoots,
            { name: "cdktf", importNames: ["DataResource"], message: "It runs `terraform version` at synth: TerraformData does not." },
            ...["cdktf-cli", "commander", "listr2", "cli-table3"].map((name) => ({ name, message: "A development dependency." })),
          ],
          patterns: [
            { group: ["**/examples/**", "**/test/**", "**/bench/**"], message: "The library stands without its examples and tests." },
          ],
        },
      ],
    },
  },
);
