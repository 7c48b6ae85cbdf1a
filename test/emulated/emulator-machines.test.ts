import { describeEmulated, testTools } from "./support/emulated";
import { pythonSuite } from "../support/python-suite";

describeEmulated("the emulator's own tests of machines", () =>
  pythonSuite("test/testing/emulator/machines", testTools().python.path, 600, 1),
);
