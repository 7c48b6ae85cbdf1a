// One cluster that pulls from a mirror and from a private registry, with credentials in the parameter that MEC_TEST_PARAMETER names.
import { App } from "cdktf";
import { readDeployment } from "../../../examples/deployment";
import { ApiAccess, ContainerRegistry, Duration, Microk8sChannel, RegistryCredentials, WavelengthZone } from "../../../lib";
import { InfrastructureStack } from "../../../stacks";

const credentials = RegistryCredentials.fromSsmParameter({
  parameterName: process.env.MEC_TEST_PARAMETER!,
  keyArn: process.env.MEC_TEST_KEY_ARN,
});

const app = new App();
new InfrastructureStack(app, "registries", {
  ...readDeployment(process.env),
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
});
app.synth();
