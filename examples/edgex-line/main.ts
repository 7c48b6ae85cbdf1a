import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { edgexLine } from "./app";

const app = new App();
edgexLine(app, readDeployment(process.env));
app.synth();
