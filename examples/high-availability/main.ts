import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { highAvailability } from "./app";

const app = new App();
highAvailability(app, readDeployment(process.env));
app.synth();
