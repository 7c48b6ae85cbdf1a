import { emulatorEnvironment } from "../../../lib/testing/emulator/environment";

const USERS = {
  PATH: "/bin",
  AWS_PROFILE: "production",
  AWS_DEFAULT_PROFILE: "production",
  AWS_SESSION_TOKEN: "real",
  AWS_ACCESS_KEY_ID: "AKIAREAL",
  AWS_SECRET_ACCESS_KEY: "real",
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_ROLE_ARN: "arn:aws:iam::111122223333:role/real",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/creds",
  AWS_ENDPOINT_URL: "https://elsewhere",
  AWS_ENDPOINT_URL_S3: "https://elsewhere",
  AWS_CONFIG_FILE: "/home/u/.aws/config",
  AWS_SHARED_CREDENTIALS_FILE: "/home/u/.aws/credentials",
  KUBECONFIG: "/home/u/.kube/config",
  KUBE_CONFIG_PATH: "/home/u/.kube/config",
  KUBE_TOKEN: "real",
  TF_WORKSPACE: "production",
  TF_CLI_ARGS_apply: "-target=x",
  TF_DATA_DIR: "/elsewhere",
  CDKTF_OUTDIR: "/elsewhere",
  NO_PROXY: "example.com",
};

test("nothing of the user's AWS or Kubernetes access is left, and everything points to the emulator", () => {
  const before = { ...USERS };
  const env = emulatorEnvironment(USERS, "http://127.0.0.1:4566");
  expect(env).toEqual({
    PATH: "/bin",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    AWS_ACCESS_KEY_ID: "mec-emulated-access-key",
    AWS_SECRET_ACCESS_KEY: "mec-emulated-secret-key",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    NO_PROXY: "example.com,127.0.0.1,localhost",
    no_proxy: "example.com,127.0.0.1,localhost",
  });
  expect(USERS).toEqual(before);
});

test("without an endpoint none is left over", () => {
  expect(emulatorEnvironment(USERS)).not.toHaveProperty("AWS_ENDPOINT_URL");
});
