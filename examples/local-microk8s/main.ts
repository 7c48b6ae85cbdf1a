import { App } from "cdktf";
import { readDeployment } from "../deployment";
import { localMicrok8s } from "./app";

const { MEC_KUBECONFIG: path, MEC_KUBE_CONTEXT: context } = process.env;
const app = new App();
localMicrok8s(app, { path: path || undefined, context: context || undefined, backend: readDeployment(process.env).backend });
app.synth();
