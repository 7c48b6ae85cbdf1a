import { pythonSuite } from "../../support/python-suite";

// The agent needs the standard library alone, so any Python will do.
pythonSuite("test/microk8s/agent", process.env.MEC_PYTHON ?? "python3", 180);
