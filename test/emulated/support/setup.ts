import { findToolchain } from "../../../lib/testing/emulator/toolchain";
import { missingToolLine } from "../../../lib/testing/emulator/missing-tool";

/** Looks once for what emulated deploys need; the test files read what is missing when they define their tests. */
export default async function setup(): Promise<void> {
  const { missing, tools } = await findToolchain();
  process.env.MEC_TEST_TOOLS = JSON.stringify(tools ?? null);
  process.env.MEC_TEST_MISSING = missing.map(missingToolLine).join("; ");
}
