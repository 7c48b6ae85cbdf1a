import { join } from "node:path";

/** The chart of Kubeflow Pipelines. */
export const PIPELINES_CHART = join(__dirname, "..", "..", "..", "..", "lib", "helm", "kubeflow", "pipelines", "chart");

/** How it is rendered. */
export const PIPELINES_RELEASE = { releaseName: "kubeflow-pipelines", namespace: "kubeflow" };
