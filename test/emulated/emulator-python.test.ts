import { describeEmulated } from "./support/emulated";
import { pythonSuite } from "../support/python-suite";

describeEmulated("the emulator's own tests", () => {
  const python = process.env.MEC_TEST_PYTHON!;
  pythonSuite("test/testing/emulator/aws", python, 120);
  pythonSuite("test/testing/emulator/machines", python, 480);
});
