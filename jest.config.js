// Terraform and its provider collect garbage for a fifth of their processor time, which is what the tests run short of; memory is there.
process.env.GOGC ??= "400";

/** What all test projects share; `npm test` and `npm run test:all` choose among them. */
const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": "<rootDir>/test/support/transform.cjs" },
  setupFiles: ["<rootDir>/test/support/token-traces.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.mec/", "<rootDir>/cdktf.out/"],
};

// What a deploy needs is looked for once; where a tool is missing, its tests are skipped with the reason.
const emulated = { ...common, globalSetup: "<rootDir>/test/emulated/support/setup.ts" };

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/emulated/", "<rootDir>/test/simulation/long/", "\\.long\\.test\\.ts$"],
    },
    { ...emulated, displayName: "deploy", testMatch: ["<rootDir>/test/emulated/deploy.test.ts"] },
    {
      ...emulated,
      displayName: "long",
      testMatch: ["<rootDir>/test/emulated/**/*.test.ts", "<rootDir>/test/simulation/long/*.test.ts", "<rootDir>/test/**/*.long.test.ts"],
      testPathIgnorePatterns: ["deploy\\.test\\.ts$"],
    },
  ],
};
