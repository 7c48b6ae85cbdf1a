const { createTransformer } = require("@swc/jest");

const swc = createTransformer({ jsc: { target: "es2022" }, sourceMaps: "inline" });

/** Indexes of the library and of its parts. */
const INDEX = /[\\/](?:lib|stacks)[\\/](?:.+[\\/])?index\.ts$/;

/**
 * An index that requires what it re-exports when it is read, as the built package has it (scripts/build.mjs): a test loads the files of what it names,
 * and not of the whole library, which takes most of the time of a short one.
 */
const lazy = (code) =>
  code.replace(/^const (\w+) = require\(("\.{1,2}\/[^"]+")\);$/gm, "const $1 = new Proxy({}, { get: (_, key) => require($2)[key] });");

module.exports = {
  ...swc,
  process(source, path, options) {
    const result = swc.process(source, path, options);
    return INDEX.test(path) ? { ...result, code: lazy(result.code) } : result;
  },
  getCacheKey: (source, path, options) => `${swc.getCacheKey(source, path, options)}${INDEX.test(path) ? "-lazy" : ""}`,
};
