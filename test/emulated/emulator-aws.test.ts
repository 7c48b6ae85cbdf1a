import { describeEmulated, testTools } from "./support/emulated";
import { pythonSuite } from "../support/python-suite";

describeEmulated("the emulator's own tests of AWS", () => pythonSuite("test/testing/emulator/aws", testTools().python.path, 240));
