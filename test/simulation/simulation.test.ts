import { pythonSuite } from "../support/python-suite";

// Worlds of several real agents under a virtual clock: named schedules and a fixed sample of seeds.
pythonSuite("test/simulation", process.env.MEC_PYTHON ?? "python3", 180);
