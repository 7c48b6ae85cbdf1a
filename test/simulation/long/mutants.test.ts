import { pythonSuite } from "../../support/python-suite";

// Every broken agent is caught, and a larger sample of seeds holds.
pythonSuite("test/simulation/long", process.env.MEC_PYTHON ?? "python3", 300);
