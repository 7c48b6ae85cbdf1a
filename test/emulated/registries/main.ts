// One cluster that pulls from a mirror and from a private registry, with credentials in the parameter that MEC_TEST_PARAMETER names.
import { App, LocalBackend } from "cdktf";
import { join } from "node:path";
import { ApiAccess, ContainerRegistry, Duration, Microk8sChannel, RegistryCredentials, WavelengthZone } from "../../../lib";
import { InfrastructureStack } from "../../../stacks";

const credentials = RegistryCredentials.fromSsmParameter({
  parameterName: process.env.MEC_TEST_PARAMETER!,
  keyArn: process.env.MEC_TEST_KEY_ARN,
});

const outdir = process.env.MEC_TEST_OUT!;
const app = new App({ outdir });
const stack = new InfrastructureStack(app, "registries", {
  zone: WavelengthZone.EU_WEST_3_CMN,
  acknowledgeAccountWideOptIn: true,
  clusterName: "registries",
  channel: Microk8sChannel.V1_35,
  apiAccess: ApiAccess.privateNetwork(),
  readyTimeout: Duration.seconds(120),
  registries: [
    ContainerRegistry.mirror({ registry: "docker.io", endpoints: ["https://mirror.example.com/hub"], credentials }),
    ContainerRegistry.of({ registry: "registry.example.com:5000", credentials }),
    ContainerRegistry.mirror({ registry: "ghcr.io", endpoints: ["https://ghcr.example.com"], fallback: false }),
  ],
  aws: { s3UsePathStyle: true },
});
new LocalBackend(stack, { path: join(outdir, "..", "registries.tfstate") });
app.synth();
