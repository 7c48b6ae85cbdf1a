import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { existingVpc } from "./app";

const app = new App();
existingVpc(app, readDeployment(process.env));
app.synth();
