import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { mlAtTheEdge } from "./app";

const app = new App();
mlAtTheEdge(app, readDeployment(process.env));
app.synth();
