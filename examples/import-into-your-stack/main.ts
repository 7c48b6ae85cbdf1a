import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { VideoStack } from "./app";

const app = new App();
new VideoStack(app, "video", readDeployment(process.env));
app.synth();
