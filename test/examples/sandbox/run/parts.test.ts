import { join } from "node:path";
import { ArgumentsEnd, parseArguments } from "../../../../examples/sandbox/run/arguments";
import { readManifest } from "../../../../examples/sandbox/run/cdktf";
import { chartsOutOfReach } from "../../../../examples/sandbox/run/chart-errors";
import { describeFates, fatesOf } from "../../../../examples/sandbox/run/further-stacks";
import { leftovers, remainingLeftovers } from "../../../../examples/sandbox/run/leftovers";
import { describeNodes, nodeStatuses, watchNodes } from "../../../../examples/sandbox/run/node-status";
import { readOutputs } from "../../../../examples/sandbox/run/outputs";
import { runPhases } from "../../../../examples/sandbox/run/progress";
import { renderSummary, renderTable } from "../../../../examples/sandbox/run/summary";
import { failureText, terraformErrors } from "../../../../examples/sandbox/run/terraform-errors";
import { removeTemporary, temporary, write } from "../../../testing/emulator/support";

afterEach(removeTemporary);

describe("arguments", () => {
  test("have defaults", () =>
    expect(parseArguments([])).toEqual({ keep: false, destroy: false, verbose: false, checkPlan: false, with: [] }));
  test("are all read", () => {
    const args = [
      "--keep",
      "--zone",
      "z",
      "--verbose",
      "--check-plan",
      "--faults",
      "f",
      "--state-directory",
      "s",
      "--with",
      "prometheus",
      "--with",
      "platform",
      "--with",
      "prometheus",
    ];
    expect(parseArguments(args)).toEqual({
      keep: true,
      destroy: false,
      zone: "z",
      verbose: true,
      checkPlan: true,
      faults: "f",
      stateDirectory: "s",
      with: ["prometheus", "platform"],
    });
    expect(parseArguments(["--destroy"]).destroy).toBe(true);
    expect(parseArguments(["--with", "prometheus,logging", "--with", "logging"]).with).toEqual(["prometheus", "logging"]);
  });
  test.each([
    [["--destroy", "--keep"]],
    [["--destroy", "--zone", "z"]],
    [["--destroy", "--with", "prometheus"]],
    [["--with"]],
    [["--with", "grafana"]],
    [["--with", "prometheus,"]],
    [["--zone"]],
    [["--kep"]],
    [["boston"]],
  ])("%j is refused", (argv) => {
    let said = "";
    expect(() => parseArguments(argv, (text) => (said += text))).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(said).toContain("error:");
  });
  test("--help explains and ends well", () => {
    let said = "";
    expect(() => parseArguments(["--help"], (text) => (said += text))).toThrow(ArgumentsEnd);
    expect(() => parseArguments(["--help"], () => undefined)).toThrow(expect.objectContaining({ exitCode: 0 }));
    for (const option of ["--keep", "--destroy", "--zone", "--verbose", "--with"]) expect(said).toContain(option);
    expect(said.replace(/\s+/g, " ")).toContain(
      "beside those of MEC_WITH: platform or prometheus or edgex or logging or kubeflow; may be repeated",
    );
  });
});

const record = (value: object): { type: string; value: string } => ({ type: "String", value: JSON.stringify({ protocol: 1, ...value }) });

describe("node status", () => {
  test("is read from the nodes' own records, in order", () => {
    const statuses = nodeStatuses({
      "/mec/demo/nodes/cp-10": record({ placeholder: true }),
      "/mec/demo/nodes/cp-2": record({ phase: "install", state: "working", reason: "", seconds: 3, commandSeconds: 2 }),
      "/mec/demo/nodes/cp-3": { type: "String", value: "{" },
      "/mec/demo/credential": { type: "SecureString", value: null },
      "/mec/demo/desired": record({ phase: "no" }),
    });
    expect(statuses.map(({ node, phase, state }) => [node, phase, state])).toEqual([
      ["cp-2", "install", "working"],
      ["cp-3", "boot", "working"],
      ["cp-10", "boot", "working"],
    ]);
    expect(statuses[0]).toMatchObject({ cluster: "demo", seconds: 3, commandSeconds: 2 });
  });

  test("is one line, with the reason", () => {
    const base = { cluster: "demo", state: "working", reason: "" };
    expect(
      describeNodes([
        { ...base, node: "cp-0", phase: "install", reason: "install: store is slow" },
        { ...base, node: "cp-1", phase: "start", state: "failed", reason: "no disk" },
      ]),
    ).toBe("cp-0: install (store is slow), cp-1: failed in start (no disk)");
  });

  test("is told when it changes, survives a read that fails, and stops", async () => {
    const answers = [{ phase: "seed" }, { phase: "seed" }, new Error("busy"), { phase: "install" }];
    const told: string[] = [];
    let reads = 0;
    const stop = watchNodes(
      () => {
        const answer = answers[Math.min(reads++, answers.length - 1)]!;
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ "/mec/demo/nodes/cp-0": record(answer) });
      },
      (text) => told.push(text),
      5,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    await stop();
    const after = reads;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reads).toBe(after);
    expect(told).toEqual(["cp-0: seed", "cp-0: install"]);
  });
});

describe("leftovers", () => {
  const nothing = { resources: { aws_vpc: [] }, parameters: [], processes: [] };
  test("are resources, parameters and processes", () => {
    expect(leftovers({ resources: { aws_vpc: ["vpc-1", "vpc-2"], aws_eip: [] }, parameters: ["/mec/x/cluster"], processes: [42] })).toEqual(
      ["aws_vpc vpc-1", "aws_vpc vpc-2", "parameter /mec/x/cluster", "process 42"],
    );
    expect(leftovers(nothing)).toEqual([]);
  });
  test("may take a moment to go", async () => {
    let reads = 0;
    expect(await remainingLeftovers(() => Promise.resolve(++reads < 2 ? { ...nothing, processes: [1] } : nothing), 5)).toEqual([]);
    expect(await remainingLeftovers(() => Promise.resolve({ ...nothing, processes: [1] }), 0.1)).toEqual(["process 1"]);
  });
});

const OUTPUTS = {
  cluster_name: "demo",
  region: "us-east-1",
  zone: "us-east-1-wl1-bos-wlz-1",
  endpoint: "https://10.0.0.16:16443",
  nodes: { "cp-0": { instance_id: "i-1", private_ip: "10.0.0.16", carrier_ip: "155.146.0.9" }, "cp-1": { private_ip: "10.0.0.17" } },
};

describe("outputs", () => {
  test("are those of the stack", () => {
    const path = write(join(temporary(), "outputs.json"), JSON.stringify({ other: {}, "demo-infrastructure": OUTPUTS }));
    expect(readOutputs(path, "demo-infrastructure")).toEqual(OUTPUTS);
    expect(() => readOutputs(path, "other")).toThrow("stack other has no output cluster_name, region, zone, endpoint, nodes");
  });
});

describe("summary", () => {
  const statuses = nodeStatuses({
    "/mec/demo/nodes/cp-0": record({ phase: "ready", state: "ready", seconds: 41.26, commandSeconds: 39.1 }),
    "/mec/other/nodes/cp-1": record({ phase: "ready", state: "ready", seconds: 1 }),
  });
  test("has a row per node, without colours unless asked", () => {
    expect(
      renderTable(OUTPUTS, statuses)
        .split("\n")
        .filter((line) => line.startsWith("│")),
    ).toEqual([
      "│ node │ zone                    │ private IP │ carrier IP  │ phase   │ seconds │",
      "│ cp-0 │ us-east-1-wl1-bos-wlz-1 │ 10.0.0.16  │ 155.146.0.9 │ ready   │    41.3 │",
      "│ cp-1 │ us-east-1-wl1-bos-wlz-1 │ 10.0.0.17  │ -           │ unknown │       - │",
    ]);
  });
  test("says where everything is and what was real", () => {
    const text = renderSummary({
      outputs: OUTPUTS,
      statuses,
      billable: [
        { name: "EC2 instance t3.xlarge", count: 2, source: "" },
        { name: "gp2 volume", count: 2, gibibytes: 100, source: "" },
      ],
      fit: ["add-on  CPU\nsum     30m"],
      stateDirectory: "/s/terraform",
      logsDirectory: "/s/logs",
      real: ["Terraform 1.11.4"],
      emulated: ["AWS"],
      notes: ["skipped"],
    });
    expect(text.split("\n").slice(-10)).toEqual([
      "add-on  CPU",
      "sum     30m",
      "cluster    demo (us-east-1)",
      "endpoint   https://10.0.0.16:16443",
      "time       cp-0: 39.1 s in snap, microk8s and openssl, 2.2 s the agent's own",
      "billable   on AWS: 2 x EC2 instance t3.xlarge, 100 GiB gp2 volume",
      "state      /s/terraform",
      "logs       /s/logs",
      "note       skipped",
      "Real: Terraform 1.11.4. Emulated: AWS.",
    ]);
  });
});

describe("stacks in the cluster", () => {
  const stack = (name: string, ...dependencies: string[]) => ({ name, folder: `/s/${name}`, dependencies });
  const missing = (name: string) => ({
    stack: { name, folder: "", decisions: [] },
    missing: [{ name: "provider hashicorp/helm 3.1.1", reason: "", command: "" }],
  });

  test("are skipped without their provider, with what depends on them, by name and counted", () => {
    const stacks = [stack("smoke", "infrastructure"), stack("platform"), stack("prometheus", "platform"), stack("video", "prometheus")];
    const fates = fatesOf(stacks, [missing("platform")]);
    expect(fates).toEqual([
      { name: "smoke", folder: "/s/smoke" },
      { name: "platform", folder: "/s/platform", skipped: "no provider hashicorp/helm 3.1.1" },
      { name: "prometheus", folder: "/s/prometheus", skipped: "it needs platform" },
      { name: "video", folder: "/s/video", skipped: "it needs prometheus" },
    ]);
    expect(describeFates(fates)).toBe(
      "smoke; platform skipped, no provider hashicorp/helm 3.1.1; prometheus skipped, it needs platform; video skipped, it needs prometheus (1 of 4 deployed, 3 skipped)",
    );
  });

  test("are skipped too when their charts turn out to be out of reach, which a missing provider outweighs", () => {
    const stacks = [stack("smoke"), stack("platform"), stack("prometheus", "platform")];
    const reasons = (...fates: Parameters<typeof fatesOf>) => fatesOf(...fates).map(({ skipped }) => skipped);
    expect(reasons(stacks, [], ["platform"])).toEqual([undefined, "its charts cannot be had", "it needs platform"]);
    expect(reasons(stacks, [missing("platform")], ["platform"])[1]).toBe("no provider hashicorp/helm 3.1.1");
  });

  test("are told without a count where all are deployed", () => {
    expect(describeFates(fatesOf([stack("smoke"), stack("platform")], []))).toBe("smoke; platform");
    expect(describeFates([])).toBe("no such stack");
  });
});

describe("errors of Terraform", () => {
  const output = [
    "demo-infrastructure  aws_vpc.x: Creating...",
    "demo-infrastructure  ╷",
    "                     │ Warning: deprecated",
    "                     ╵",
    "                     \u001b[31m╷\u001b[0m",
    '                     │ \u001b[1mError: waiting for stack: ["install: cannot reach the snap store"]',
    "                     │ ",
    "                     │   with aws_cloudformation_stack.Ready,",
    "                     │   on cdk.tf.json line 10",
    "                     │ ",
    "                     │ a sentence that",
    "                     │ was wrapped",
    "                     ╵",
  ];
  const error =
    'Error: waiting for stack: ["install: cannot reach the snap store"]\n\n  with aws_cloudformation_stack.Ready,\n  on cdk.tf.json line 10\n\na sentence that was wrapped';
  test("are taken out of the frame, each once, without warnings", () => {
    expect(terraformErrors([...output, ...output].join("\r\n"))).toEqual([error]);
  });
  test("are found without a frame too, as Terraform prints them without colour", () => {
    const pad = " ".repeat(21);
    const plain = [
      "demo-infrastructure  aws_x.y: Still creating... [20s elapsed]",
      "demo-infrastructure  Error: waiting for Stack: Rollback requested by user.",
      `${pad}Received FAILURE signal with UniqueId install: cannot reach the snap store #b2b114`,
      pad.trimEnd(),
      `${pad}  with aws_x.y,`,
      `${pad}  on cdk.tf.json line 117`,
      "",
      `${pad}Error: another`,
      "",
      "",
      "0 Stacks deploying     1 Stack done     0 Stacks waiting",
      "Invoking Terraform CLI failed with exit code 1",
    ];
    expect(terraformErrors(plain.join("\n"))).toEqual([
      "Error: waiting for Stack: Rollback requested by user. Received FAILURE signal with UniqueId install: cannot reach the snap store #b2b114\n\n  with aws_x.y,\n  on cdk.tf.json line 117",
      "Error: another",
    ]);
  });
  test("stand for a failed command; its last lines do where there are none", () => {
    expect(failureText({ output: output.join("\n"), status: 1 })).toBe(error);
    expect(failureText({ output: `${"x\n".repeat(50)}the end\n`, status: 1 }).split("\n")).toHaveLength(15);
    expect(failureText({ output: "", status: 7 })).toBe("exit code 7");
    expect(failureText({ output: "x", trouble: "it did not end in 3 seconds" })).toBe("it did not end in 3 seconds\nx");
  });
});

describe("charts that cannot be had", () => {
  const located = (why: string) => `Error: Error locating chart\n\n  with helm_release.x,\n\nUnable to locate chart x: ${why}\n\n\n`;
  const unreachable = located('looks like "https://charts.example.com" is not a valid chart repository or\ncannot be reached: EOF');
  test.each([
    unreachable,
    located('failed to do request: Head "https://quay.io/v2/x": dial tcp: lookup quay.io: no such host'),
    located('Get "https://example.com/x-1.0.0.tgz": read tcp 10.0.0.2:5->10.0.0.3:443: i/o timeout'),
    'Error: could not download chart: failed to download "https://example.com/x-1.0.0.tgz"\n\n\n',
    `${unreachable}${unreachable.replace("charts.", "other.")}`,
  ])("are known by %j", (output) => expect(chartsOutOfReach(output)).toBe(true));
  test.each([
    "",
    "Unable to locate chart x: no such host",
    located('chart "x" version "1.0.1" not found in https://charts.example.com repository'),
    located("failed to fetch https://example.com/x-1.0.0.tgz : 404 Not Found"),
    located("path /charts/x not found"),
    "Error: could not download chart: Chart.yaml file is missing\n\n\n",
    // The Kubernetes API is no registry.
    'Error: Post "https://10.0.0.16:16443/api/v1/namespaces": dial tcp 10.0.0.16:16443: connect: connection refused\n\n\n',
    `${unreachable}Error: timed out waiting for the condition\n\n\n`,
  ])("are not what fails with %j", (output) => expect(chartsOutOfReach(output)).toBe(false));
});

test("stacks of a manifest come after what they depend on", () => {
  const folder = temporary();
  const stack = (name: string, ...dependencies: string[]): object => ({ name, workingDirectory: `stacks/${name}`, dependencies });
  write(join(folder, "manifest.json"), JSON.stringify({ stacks: { c: stack("c", "b", "a"), b: stack("b", "a"), a: stack("a") } }));
  expect(readManifest(folder).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(readManifest(folder)[0]!.folder).toBe(join(folder, "stacks/a"));
});

test("plain progress has a line per phase, note and end, and stops at the first failure", async () => {
  const lines: string[] = [];
  const ran: string[] = [];
  const phase = (title: string, work: (note: (text: string) => void) => string | undefined): Parameters<typeof runPhases>[0][number] => ({
    title,
    run: async (note) => {
      ran.push(title);
      return work(note);
    },
  });
  const phases = [
    phase("one", (note) => (note("halfway"), "all good")),
    phase("two", () => {
      throw new Error("broken");
    }),
    phase("three", () => undefined),
  ];
  await expect(runPhases(phases, { live: false, line: (text) => lines.push(text.replace(/[\d.]+ s/, "N s")) })).rejects.toThrow("broken");
  expect(lines).toEqual(["one ...", "one: halfway [N s]", "one: all good [N s]", "two ...", "two: failed [N s]"]);
  expect(ran).toEqual(["one", "two"]);
});
