import { readSettings } from "../../../examples/sandbox/settings";

const settings = (context: Record<string, unknown>, environment: Record<string, string> = {}) =>
  readSettings({ context: (key) => context[key], environment });

test("without any setting it is a sandbox in Boston", () => {
  expect(settings({})).toMatchObject({
    site: "sandbox",
    zone: { name: "us-east-1-wl1-bos-wlz-1" },
    channel: { name: "1.35/stable" },
    instanceType: { name: "t3.xlarge" },
    controlPlaneCount: 1,
    optIn: false,
    allowedCidrs: [],
    with: [],
    stateDirectory: undefined,
    s3UsePathStyle: false,
  });
});

test("each setting is read from the context, and the environment wins", () => {
  expect(settings({ zone: "eu-west-3-cmn-wlz-1a" }).zone.name).toBe("eu-west-3-cmn-wlz-1a");
  expect(settings({ zone: "eu-west-3-cmn-wlz-1a" }, { MEC_ZONE: "us-east-1-wl1-nyc-wlz-1" }).zone.name).toBe("us-east-1-wl1-nyc-wlz-1");
  expect(
    settings(
      {},
      {
        MEC_SITE: "edge",
        MEC_CHANNEL: "1.34/stable",
        MEC_INSTANCE_TYPE: "t3.medium",
        MEC_CONTROL_PLANE_COUNT: "3",
        MEC_VPC_CIDR: "10.9.0.0/20",
        MEC_OPT_IN: "true",
        MEC_ALLOWED_CIDRS: "203.0.113.7/32, 198.51.100.0/24",
        MEC_WITH: "prometheus, platform,prometheus",
        MEC_READY_TIMEOUT_MINUTES: "0.5",
        MEC_STATE_DIRECTORY: "/tmp/state",
        MEC_S3_USE_PATH_STYLE: "true",
      },
    ),
  ).toMatchObject({
    site: "edge",
    channel: { name: "1.34/stable" },
    instanceType: { name: "t3.medium" },
    controlPlaneCount: 3,
    ipAddresses: { cidr: "10.9.0.0/20" },
    optIn: true,
    allowedCidrs: ["203.0.113.7/32", "198.51.100.0/24"],
    with: ["prometheus", "platform"],
    stateDirectory: "/tmp/state",
    s3UsePathStyle: true,
  });
  expect(settings({}, { MEC_READY_TIMEOUT_MINUTES: "0.5" }).readyTimeout?.toSeconds()).toBe(30);
});

test("what --with asks for is added to the setting, wherever that is from", () => {
  const having = (context: string | undefined, environment: Record<string, string>) => settings({ with: context }, environment).with;
  expect(having(undefined, { MEC_ALSO_WITH: "prometheus" })).toEqual(["prometheus"]);
  expect(having("platform", { MEC_ALSO_WITH: "prometheus" })).toEqual(["platform", "prometheus"]);
  expect(having("prometheus", { MEC_WITH: "platform", MEC_ALSO_WITH: "prometheus,platform" })).toEqual(["platform", "prometheus"]);
  expect(having("platform", { MEC_WITH: "", MEC_ALSO_WITH: "prometheus" })).toEqual(["prometheus"]);
  expect(having("platform", { MEC_ALSO_WITH: "kubeflow" })).toEqual(["platform", "kubeflow"]);
  expect(() => having("platform", { MEC_ALSO_WITH: "grafana" })).toThrow(/MEC1301.*"grafana"/);
});

test.each([
  [{ optIn: "yes" }, {}, /\[MEC1301\] setting optIn \(MEC_OPT_IN\): got "yes": it is on or off, so write true or false/],
  [{}, { MEC_READY_TIMEOUT_MINUTES: "soon" }, /MEC1301.*MEC_READY_TIMEOUT_MINUTES.*"soon"/],
  [{}, { MEC_READY_TIMEOUT_MINUTES: "-1" }, /MEC1301/],
  [{}, { MEC_CONTROL_PLANE_COUNT: "three" }, /MEC1301.*setting controlPlaneCount \(MEC_CONTROL_PLANE_COUNT\).*"three"/],
  [{ controlPlaneCount: 0 }, {}, /MEC1301.*MEC_CONTROL_PLANE_COUNT/],
  [{ site: { name: "x" } }, {}, /MEC1301.*site/],
  [{ zone: "us-east-1a" }, {}, /MEC1001/],
  [{}, { MEC_API_ACCESS: "gateway" }, /MEC1301.*MEC_API_ACCESS.*"gateway".*regionGateway, privateNetwork/],
  [{ with: "grafana" }, {}, /\[MEC1301\] setting with \(MEC_WITH\): got "grafana": .*write platform or prometheus or edgex/],
  [{}, { MEC_S3_USE_PATH_STYLE: "1" }, /\(MEC_S3_USE_PATH_STYLE\)/],
])("refuses %j %j", (context, environment, message) => {
  expect(() => settings(context, environment as Record<string, string>)).toThrow(message);
});
