import { App } from "cdktf";
import { sandbox } from "./app";
import { readSettings } from "./settings";

const app = new App();
sandbox(app, readSettings({ context: (key) => app.node.tryGetContext(key), environment: process.env }));
app.synth();
