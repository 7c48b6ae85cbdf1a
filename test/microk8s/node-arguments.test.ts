import { Lazy, Token } from "cdktf";
import {
  AuditLog,
  Duration,
  EvictionThreshold,
  Microk8sChannel,
  Size,
  WavelengthInstanceType,
  type ApiServerArguments,
  type Flags,
  type KubeletArguments,
  type NodeArguments,
} from "../../lib";
import { renderedArguments, type NodeArgumentsContext } from "../../lib/microk8s/node-arguments";

const render = (args: NodeArguments, context: Partial<NodeArgumentsContext> = {}) =>
  renderedArguments(args, {
    path: "stack/Cluster",
    channel: Microk8sChannel.V1_35,
    instanceType: WavelengthInstanceType.T3_MEDIUM,
    disk: Size.gibibytes(50),
    cisHardening: false,
    ...context,
  });
const kubelet = (args: KubeletArguments, context?: Partial<NodeArgumentsContext>) =>
  render({ kubelet: args }, context).flags.extraKubeletArgs;
const apiServer = (args: ApiServerArguments, context?: Partial<NodeArgumentsContext>) =>
  render({ apiServer: args }, context).flags.extraKubeAPIServerArgs;
const gates = (value: string | null, channel = Microk8sChannel.V1_35) =>
  apiServer({ extraArguments: { "--feature-gates": value } }, { channel })!["--feature-gates"];

describe("the kubelet", () => {
  test("takes typed arguments in the units of Kubernetes, in the order of their names", () => {
    expect(
      Object.entries(
        kubelet({
          maxPods: 200,
          systemReserved: { cpu: 0.5, memory: Size.mebibytes(512), ephemeralStorage: Size.gibibytes(2), pids: 1000 },
          kubeReserved: { memory: Size.mebibytes(300.5) },
          evictionHard: { memoryAvailable: EvictionThreshold.size(Size.mebibytes(200)), pidAvailable: EvictionThreshold.percent(10) },
          imageGcHighThresholdPercent: 70,
          imageGcLowThresholdPercent: 60,
          containerLogMaxSize: Size.mebibytes(20),
          containerLogMaxFiles: 3,
          extraArguments: { "--serialize-image-pulls": null, "--v": 2, "--fail-swap-on": true },
        })!,
      ),
    ).toEqual([
      ["--container-log-max-files", "3"],
      ["--container-log-max-size", "20Mi"],
      ["--eviction-hard", "memory.available<200Mi,nodefs.available<1Gi,imagefs.available<1Gi,pid.available<10%"],
      ["--fail-swap-on", "true"],
      ["--image-gc-high-threshold", "70"],
      ["--image-gc-low-threshold", "60"],
      ["--kube-reserved", "memory=307712Ki"],
      ["--max-pods", "200"],
      ["--serialize-image-pulls", null],
      ["--system-reserved", "cpu=500m,memory=512Mi,ephemeral-storage=2048Mi,pid=1000"],
      ["--v", "2"],
    ]);
  });

  test("has nothing to say where nothing is written", () => {
    expect(render({})).toEqual({
      flags: {
        extraKubeletArgs: {},
        extraKubeAPIServerArgs: {},
        extraKubeControllerManagerArgs: {},
        extraKubeSchedulerArgs: {},
        extraKubeProxyArgs: {},
      },
      files: {},
    });
  });

  test.each<[KubeletArguments, RegExp]>([
    [{ maxPods: 0 }, /MEC1144.*got 0 as nodeArguments\.kubelet\.maxPods/],
    [{ maxPods: 110.5 }, /MEC1144.*110\.5/],
    [{ containerLogMaxFiles: 1 }, /MEC1144.*got 1 as nodeArguments\.kubelet\.containerLogMaxFiles.*from 2/],
    [{ imageGcHighThresholdPercent: 101 }, /MEC1144.*101/],
    [{ imageGcHighThresholdPercent: 75 }, /MEC1144.*got 75 and 80.*write both/],
    [{ systemReserved: { cpu: 0 } }, /MEC1144.*systemReserved\.cpu/],
    [{ kubeReserved: { pids: 1.5 } }, /MEC1144.*kubeReserved\.pids/],
    [{ systemReserved: { memory: Size.gibibytes(3) }, kubeReserved: { memory: Size.gibibytes(1) } }, /MEC1145.*t3\.medium has 4096 MiB/],
    [{ systemReserved: { cpu: 2 } }, /MEC1145.*got 2 vCPUs.*t3\.medium has 2/],
    [{ systemReserved: { ephemeralStorage: Size.gibibytes(60) } }, /MEC1145.*root volume has 50 GiB/],
    [{ evictionHard: { memoryAvailable: EvictionThreshold.size(Size.gibibytes(5)) } }, /MEC1145/],
    [{ evictionHard: { memoryAvailable: EvictionThreshold.percent(99) }, systemReserved: { memory: Size.gibibytes(1) } }, /MEC1145/],
    [{ evictionHard: { pidAvailable: EvictionThreshold.size(Size.mebibytes(100)) } }, /MEC1144.*pidAvailable.*have no bytes/],
    [{ evictionHard: { nodefsInodesFree: EvictionThreshold.size(Size.gibibytes(1)) } }, /MEC1144.*nodefsInodesFree/],
  ])("refuses %j", (args, message) => {
    expect(() => kubelet(args)).toThrow(message);
  });

  test.each([0, 100, Number.NaN])("refuses a threshold of %d percent", (percent) => {
    expect(() => EvictionThreshold.percent(percent)).toThrow(/MEC1144/);
  });

  test("a type that nobody knows may have any memory", () => {
    const instanceType = WavelengthInstanceType.of("c6i.xlarge");
    expect(kubelet({ systemReserved: { memory: Size.gibibytes(20) } }, { instanceType })).toEqual({
      "--system-reserved": "memory=20480Mi",
    });
  });
});

describe("flags", () => {
  test.each<[Flags, RegExp]>([
    [{ "max-pods": 1 }, /MEC1140.*got "max-pods"/],
    [{ "-v": 2 }, /MEC1140/],
    [{ "--max_pods": 1 }, /MEC1140/],
    [{ "--max-pods=1": true }, /MEC1140/],
    [{ "--a b": 1 }, /MEC1140/],
    [{ "--x": "a\nb" }, /MEC1143.*got "a\\nb" as nodeArguments\.kubelet\.extraArguments\["--x"\].*no line breaks/],
    [{ "--x": 'say "a"' }, /MEC1143/],
    [{ "--x": "it's" }, /MEC1143/],
    [{ "--x": "a b" }, /MEC1143/],
    [{ "--x": "grün" }, /MEC1143/],
    [{ "--x": "${HOME}/x" }, /MEC1143.*only \$\{SNAP\}/],
    [{ "--x": "$SNAP_DATA" }, /MEC1143/],
    [{ "--x": "$${SNAP_DATA}" }, /MEC1143/],
    [{ "--x": Number.POSITIVE_INFINITY }, /MEC1143/],
    [{ "--x": Token.asList(Lazy.listValue({ produce: () => ["a"] }))[0]! }, /MEC1143.*one text/],
    [{ "--log-dir": "/tmp" }, /MEC1141.*Kubernetes has it no more/],
    [{ "--cluster-dns": "1.2.3.4" }, /MEC1141.*got --cluster-dns.*dns add-on.*leave it out/],
    [{ "--client-ca-file": "/x" }, /MEC1141/],
    [{ "--anonymous-auth": true }, /MEC1141/],
    [{ "--node-labels": "a=b" }, /MEC1141.*copies it/],
    [{ "--provider-id": "x" }, /MEC1141/],
    [{ "--cloud-provider": "external" }, /MEC1141/],
    [{ "--kubeconfig": null }, /MEC1141/],
    [{ "--config": "/etc/kubelet.yaml" }, /MEC1141.*write the flags themselves/],
  ])("refuses %j", (extraArguments, message) => {
    expect(() => kubelet({ extraArguments })).toThrow(message);
  });

  test.each([
    "--authorization-mode",
    "--authorization-config",
    "--secure-port",
    "--etcd-servers",
    "--etcd-prefix",
    "--token-auth-file",
    "--service-account-issuer",
    "--service-account-key-file",
    "--oidc-issuer-url",
    "--oidc-username-prefix",
    "--bind-address",
    "--advertise-address",
    "--tls-cert-file",
    "--requestheader-client-ca-file",
    "--admission-control-config-file",
    "--service-cluster-ip-range",
    "--insecure-port",
  ])("refuses %s of the API server", (flag) => {
    expect(() => apiServer({ extraArguments: { [flag]: "x" } })).toThrow(new RegExp(`MEC1141.*got ${flag} `));
  });

  test("say what to write instead", () => {
    expect(() => apiServer({ extraArguments: { "--audit-log-path": "/x" } })).toThrow(/MEC1141.*so write apiServer\.auditLog$/);
    expect(() => apiServer({ extraArguments: { "--enable-admission-plugins": "X" } })).toThrow(/so write apiServer\.admissionPlugins$/);
  });

  test.each(["controllerManager", "scheduler", "proxy"] as const)("of the %s are raw ones", (component) => {
    const { flags } = render({ [component]: { extraArguments: { "--v": 4 } } });
    expect(Object.values(flags).filter((rendered) => Object.keys(rendered!).length > 0)).toEqual([{ "--v": "4" }]);
    expect(() => render({ [component]: { extraArguments: { "--kubeconfig": "/x" } } })).toThrow(
      new RegExp(`MEC1141.*nodeArguments\\.${component}\\.extraArguments`),
    );
  });

  test("the controller manager keeps the keys it signs with, kube-proxy its network", () => {
    expect(() => render({ controllerManager: { extraArguments: { "--cluster-signing-key-file": "/x" } } })).toThrow(/MEC1141/);
    expect(() => render({ proxy: { extraArguments: { "--cluster-cidr": "10.2.0.0/16" } } })).toThrow(/MEC1141/);
  });

  test("a flag is typed or raw, never both", () => {
    expect(() => kubelet({ maxPods: 100, extraArguments: { "--max-pods": 100 } })).toThrow(
      /MEC1142.*got --max-pods as nodeArguments\.kubelet\.extraArguments and by nodeArguments\.kubelet\.maxPods/,
    );
    expect(kubelet({ extraArguments: { "--max-pods": 100 } })).toEqual({ "--max-pods": "100" });
  });

  test("a token may be a value, of text and of number", () => {
    const text = Lazy.stringValue({ produce: () => "x" });
    const number = Token.asNumber(Lazy.numberValue({ produce: () => 1 }));
    const flags = kubelet({ extraArguments: { "--a": text, "--b": number } })!;
    expect(flags["--a"]).toBe(text);
    expect(Token.isUnresolved(flags["--b"])).toBe(true);
  });

  test("variables of microk8s stay", () => {
    expect(kubelet({ extraArguments: { "--x": "${SNAP_DATA}/args/x,${SNAP_COMMON}" } })).toEqual({
      "--x": "${SNAP_DATA}/args/x,${SNAP_COMMON}",
    });
  });
});

describe("feature gates", () => {
  test("keep those that microk8s closes on the track", () => {
    const three = "ListFromCacheSnapshot=false,SizeBasedListCostEstimate=false,DetectCacheInconsistency=false";
    expect(gates("A=true")).toBe(`A=true,${three}`);
    expect(gates("DetectCacheInconsistency=false,A=true")).toBe(
      "DetectCacheInconsistency=false,A=true,ListFromCacheSnapshot=false,SizeBasedListCostEstimate=false",
    );
    expect(gates("A=true", Microk8sChannel.of("1.32/stable"))).toBe("A=true,WatchList=false");
    expect(gates("A=true", Microk8sChannel.of("1.33/stable"))).toBe("A=true");
    expect(gates(null, Microk8sChannel.of("1.33/stable"))).toBeNull();
  });

  test.each([
    ["ListFromCacheSnapshot=true", /MEC1141.*1\.35 keeps ListFromCacheSnapshot/],
    ["A=true,DetectCacheInconsistency=true", /MEC1141/],
    [null, /MEC1141.*got null/],
    ["A", /MEC1143.*list of gates/],
    ["A=yes", /MEC1143/],
  ])("refuse %j", (value, message) => {
    expect(() => gates(value)).toThrow(message);
  });
});

describe("the API server", () => {
  test("asks an issuer, whose groups cannot be Kubernetes' own", () => {
    expect(apiServer({ oidc: { issuerUrl: "https://id.example.com/realms/edge", clientId: "kubernetes", groupsClaim: "groups" } })).toEqual(
      {
        "--oidc-client-id": "kubernetes",
        "--oidc-groups-claim": "groups",
        "--oidc-groups-prefix": "oidc:",
        "--oidc-issuer-url": "https://id.example.com/realms/edge",
      },
    );
  });

  test.each<[Partial<NonNullable<ApiServerArguments["oidc"]>>, RegExp]>([
    [{ issuerUrl: "http://id.example.com" }, /MEC1152.*https URL/],
    [{ issuerUrl: "https://user@id.example.com" }, /MEC1152/],
    [{ issuerUrl: "https://id.example.com?x=1" }, /MEC1152/],
    [{ clientId: "" }, /MEC1152.*clientId/],
    [{ groupsClaim: "groups", groupsPrefix: "" }, /MEC1152.*groupsPrefix/],
    [{ groupsClaim: "groups", groupsPrefix: "system:" }, /MEC1152/],
    [{ groupsPrefix: "oidc:" }, /MEC1152.*groupsClaim too/],
    [{ usernamePrefix: "system:" }, /MEC1152.*usernamePrefix.*own users/],
    [{ usernameClaim: "e mail" }, /MEC1143.*oidc/],
  ])("refuses an issuer with %j", (oidc, message) => {
    expect(() => apiServer({ oidc: { issuerUrl: "https://id.example.com", clientId: "kubernetes", ...oidc } })).toThrow(message);
  });

  test("has plug-ins beside microk8s' own", () => {
    expect(apiServer({ admissionPlugins: { enable: ["AlwaysPullImages"], disable: ["DefaultStorageClass"] } })).toEqual({
      "--enable-admission-plugins": "EventRateLimit,AlwaysPullImages",
      "--disable-admission-plugins": "DefaultStorageClass",
    });
  });

  test.each([
    [{ enable: ["alwaysPullImages"] }, /MEC1144.*"alwaysPullImages"/],
    [{ enable: ["A1", "A1"] }, /MEC1144.*twice/],
    [{ enable: ["A1"], disable: ["A1"] }, /MEC1144.*both/],
    [{ disable: ["EventRateLimit"] }, /MEC1144.*microk8s has it on/],
  ])("refuses the plug-ins %j", (admissionPlugins, message) => {
    expect(() => apiServer({ admissionPlugins })).toThrow(message);
  });
});

describe("CIS hardening", () => {
  const cisHardening = true;

  test("brings an audit log where the agent looks for it, and keeps the plug-ins of both", () => {
    const rendered = render({ apiServer: { admissionPlugins: { enable: ["PodNodeSelector"] } } }, { cisHardening });
    expect(rendered.flags.extraKubeAPIServerArgs).toMatchObject({
      "--audit-log-path": "/var/log/mec-audit/audit.log",
      "--enable-admission-plugins": "EventRateLimit,AlwaysPullImages,NodeRestriction,PodNodeSelector",
    });
    expect(Object.keys(rendered.files)).toEqual(["mec-audit-policy.yaml"]);
  });

  test("leaves an audit log of the user's as it is", () => {
    const auditLog = AuditLog.metadata({ maxAge: Duration.days(7) });
    expect(apiServer({ auditLog }, { cisHardening })).toMatchObject({ "--audit-log-maxage": "7" });
  });

  test.each<[NodeArguments]>([
    [{ kubelet: { extraArguments: { "--protect-kernel-defaults": false } } }],
    [{ kubelet: { extraArguments: { "--tls-cipher-suites": null } } }],
    [{ apiServer: { extraArguments: { "--request-timeout": "1h" } } }],
    [{ controllerManager: { extraArguments: { "--terminated-pod-gc-threshold": 12500 } } }],
    [{ apiServer: { admissionPlugins: { disable: ["NodeRestriction"] } } }],
  ])("refuses %j, which alone is fine", (args) => {
    expect(() => render(args)).not.toThrow();
    expect(() => render(args, { cisHardening })).toThrow(/MEC1147.*leave cisHardening out/);
  });
});
