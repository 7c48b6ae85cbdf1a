import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiPorts } from "../../../examples/sandbox/run/api-ports";
import { findMirrors, mirroredVersions, userCliConfig } from "../../../lib/testing/emulator/provider-mirror";
import { missingProvider, planProviders } from "../../../lib/testing/emulator/provider-plan";
import { registryReachable } from "../../../lib/testing/emulator/registry";
import {
  API_OVERRIDE_FILE,
  OVERRIDE_FILE,
  renderCliConfig,
  writeApiOverride,
  writeOverride,
} from "../../../lib/testing/emulator/terraform-config";
import { removeTemporary, temporary, write } from "./support";

afterEach(removeTemporary);

const HOST = "registry.terraform.io";
const PLATFORM = "linux_amd64";

function mirror(versions: Record<string, string[]>, packed = false): { path: string; origin: string } {
  const path = temporary();
  for (const [name, list] of Object.entries(versions)) {
    for (const version of list) {
      const folder = join(path, HOST, "hashicorp", name);
      write(join(folder, packed ? `terraform-provider-${name}_${version}_${PLATFORM}.zip` : `${version}/${PLATFORM}/provider`), "");
    }
  }
  return { path, origin: "test" };
}

function stack(providers: Record<string, string>): { name: string; folder: string } {
  const folder = temporary();
  const required = Object.fromEntries(Object.entries(providers).map(([name, version]) => [name, { source: name, version }]));
  write(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { required_providers: required } }));
  return { name: "sandbox-infrastructure", folder };
}

const plan = async (wanted: Record<string, string>, mirrors: ReturnType<typeof mirror>[], reachable: boolean) => {
  const registry = jest.fn(() => Promise.resolve(reachable));
  const [planned] = await planProviders([stack(wanted)], HOST, { mirrors, platform: PLATFORM, registry });
  return { planned: planned!, registry, aws: planned!.decisions[0]! };
};

describe("where a provider comes from", () => {
  test("the pinned version of a mirror, and then nobody asks the registry", async () => {
    const held = mirror({ aws: ["5.99.0", "5.100.0", "6.0.0"] });
    const { aws, registry, planned } = await plan({ aws: "5.100.0" }, [held], true);
    expect(aws).toMatchObject({ from: "mirror", use: "5.100.0", mirror: held, provider: `${HOST}/hashicorp/aws` });
    expect(registry).not.toHaveBeenCalled();
    expect(writeOverride(planned)).toEqual([]);
  });

  test("the registry, when it answers and no mirror has the pinned version", async () => {
    const { aws, planned } = await plan({ aws: "6.25.0" }, [mirror({ aws: ["5.100.0"] })], true);
    expect(aws).toMatchObject({ from: "registry", use: "6.25.0" });
    expect(writeOverride(planned)).toEqual([]);
    expect(existsSync(join(planned.folder, OVERRIDE_FILE))).toBe(false);
  });

  test("another AWS version of a mirror, the highest, by an override that says so", async () => {
    const held = mirror({ aws: ["5.9.0", "5.100.0"] });
    const { aws, planned } = await plan({ aws: "6.25.0" }, [mirror({ kubernetes: ["2.38.0"] }), held], false);
    expect(aws).toMatchObject({ from: "override", use: "5.100.0", mirror: held });
    const [sentence] = writeOverride(planned);
    expect(sentence).toMatch(/6\.25\.0.*5\.100\.0/);
    expect(JSON.parse(readFileSync(join(planned.folder, OVERRIDE_FILE), "utf8"))).toEqual({
      terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
    });
  });

  test("an override of an earlier run goes when the pinned version is there again", async () => {
    const { planned } = await plan({ aws: "6.25.0" }, [], true);
    write(join(planned.folder, OVERRIDE_FILE), "{}");
    writeOverride(planned);
    expect(existsSync(join(planned.folder, OVERRIDE_FILE))).toBe(false);
  });

  test("nowhere: the pin of another provider is never moved", async () => {
    const { planned } = await plan({ aws: "5.100.0", kubernetes: "2.38.0" }, [mirror({ aws: ["5.100.0"], kubernetes: ["2.30.0"] })], false);
    expect(planned.decisions.map(({ name, from }) => [name, from])).toEqual([
      ["aws", "mirror"],
      ["kubernetes", "unavailable"],
    ]);
    const missing = missingProvider(planned.decisions[1]!, planned, "/bin/terraform");
    expect(missing.name).toBe("provider hashicorp/kubernetes 2.38.0");
    expect(missing.command).toContain("MEC_PROVIDER_MIRROR");
  });

  test("nowhere: a version for another platform does not count", async () => {
    const held = mirror({ aws: ["5.100.0"] });
    const [planned] = await planProviders([stack({ aws: "5.100.0" })], HOST, {
      mirrors: [held],
      platform: "darwin_arm64",
      registry: () => Promise.resolve(false),
    });
    expect(planned!.decisions[0]).toMatchObject({ from: "unavailable" });
  });

  test("the registry is asked once for all stacks", async () => {
    const registry = jest.fn(() => Promise.resolve(true));
    const stacks = [stack({ aws: "6.25.0", kubernetes: "2.38.0" }), stack({ aws: "6.25.0" })];
    await planProviders(stacks, HOST, { mirrors: [], platform: PLATFORM, registry });
    expect(registry).toHaveBeenCalledTimes(1);
  });
});

describe("kubernetes providers", () => {
  const folder = (provider: object) => {
    const path = temporary();
    write(join(path, "cdk.tf.json"), JSON.stringify({ provider }));
    return path;
  };

  test("are pointed to the simulated API of their cluster, by alias", () => {
    const path = folder({ aws: [{ region: "us-east-1" }], kubernetes: [{ alias: "boston" }, { alias: "elsewhere" }] });
    expect(writeApiOverride(path, new Map([["boston", 40123]]))).toEqual(["boston"]);
    expect(JSON.parse(readFileSync(join(path, API_OVERRIDE_FILE), "utf8"))).toEqual({
      provider: { kubernetes: [{ alias: "boston", host: "https://127.0.0.1:40123" }] },
    });
  });

  test("have the helm provider with them, whose connection is replaced whole", () => {
    const connection = { host: "https://10.0.0.16:16443", tls_server_name: "kubernetes" };
    const path = folder({ helm: [{ alias: "boston", kubernetes: connection }], kubernetes: [{ alias: "boston" }] });
    expect(writeApiOverride(path, new Map([["boston", 40123]]))).toEqual(["boston"]);
    const host = "https://127.0.0.1:40123";
    expect(JSON.parse(readFileSync(join(path, API_OVERRIDE_FILE), "utf8"))).toEqual({
      provider: { kubernetes: [{ alias: "boston", host }], helm: [{ alias: "boston", kubernetes: { ...connection, host } }] },
    });
  });

  test("of a stack without any leave no file, not even one of an earlier run", () => {
    const path = folder({ aws: [{ region: "us-east-1" }] });
    write(join(path, API_OVERRIDE_FILE), "{}");
    expect(writeApiOverride(path, new Map([["boston", 40123]]))).toEqual([]);
    expect(existsSync(join(path, API_OVERRIDE_FILE))).toBe(false);
  });

  test("are found by the machines that have an API", () => {
    const machines = [
      { cluster: "boston", apiPort: 40123 },
      { cluster: "gone", apiPort: null },
    ];
    expect([...apiPorts(machines)]).toEqual([["boston", 40123]]);
    expect(apiPorts({}).size).toBe(0);
  });
});

test("packed mirrors count too", () => {
  expect(mirroredVersions(mirror({ aws: ["5.100.0"] }, true), `${HOST}/hashicorp/aws`, PLATFORM)).toEqual(["5.100.0"]);
});

test("the CLI configuration takes from mirrors what they have and asks the registry for the rest alone", async () => {
  const held = mirror({ aws: ["5.100.0"] });
  const { planned } = await plan({ aws: "5.100.0", kubernetes: "2.38.0" }, [held], true);
  const text = renderCliConfig(planned.decisions);
  expect(text).toContain(`path    = ${JSON.stringify(held.path)}`);
  expect(text).toContain(`include = ["${HOST}/hashicorp/aws"]`);
  expect(text).toMatch(/direct \{\s+exclude = \["registry\.terraform\.io\/hashicorp\/aws"\]\s+\}/);
  expect(renderCliConfig([])).toMatch(/direct \{\s+\}/);
});

describe("mirrors on this machine", () => {
  test("MEC_PROVIDER_MIRROR first, then implied ones, then by name; each needs the registry's folder", () => {
    const [home, root, named] = [temporary(), temporary(), mirror({ aws: ["5.100.0"] }).path];
    write(join(home, ".terraform.d/plugins", HOST, "x"), "");
    write(join(home, ".terraform.d/plugins-offline", HOST, "x"), "");
    write(join(home, ".local/share/terraform/plugins", HOST, "x"), "");
    write(join(root, "providers", HOST, "x"), "");
    write(join(root, "other", "registry.example.com", "x"), "");
    const env = { HOME: home, MEC_PROVIDER_MIRROR: named, XDG_DATA_DIRS: "/nonexistent" };
    const found = findMirrors({ env, platform: "linux", roots: [root] }).map(({ path }) => path);
    expect(found).toEqual([
      named,
      join(home, ".terraform.d/plugins"),
      join(home, ".local/share/terraform/plugins"),
      join(root, "providers"),
      join(home, ".terraform.d/plugins-offline"),
    ]);
  });
});

describe("the user's own CLI configuration", () => {
  const text = (network: string): string => `provider_installation {
    # filesystem_mirror { path = "/commented" }
    filesystem_mirror {
      path    = "/mirror"
      include = ["*/*/*"]
    }
    ${network}
  }`;

  test("counts with its mirrors and whether it allows the network", () => {
    const folder = temporary();
    const path = write(join(folder, "rc"), text(""));
    expect(userCliConfig({ TF_CLI_CONFIG_FILE: path, HOME: folder })).toEqual({
      path,
      mirrors: [{ path: "/mirror", origin: path }],
      network: false,
    });
    write(path, text('direct { exclude = ["a/b"] }'));
    expect(userCliConfig({ TF_CLI_CONFIG_FILE: path, HOME: folder })?.network).toBe(true);
  });

  test("may be ~/.terraformrc", () => {
    const home = temporary();
    const path = write(join(home, ".terraformrc"), text("direct {}"));
    expect(userCliConfig({ HOME: home })?.path).toBe(path);
  });

  test("does not count when it is not there or says nothing about providers", () => {
    const home = temporary();
    expect(userCliConfig({ HOME: home, TF_CLI_CONFIG_FILE: join(home, "absent") })).toBeUndefined();
    write(join(home, ".terraformrc"), 'credentials "app.terraform.io" {}');
    expect(userCliConfig({ HOME: home })).toBeUndefined();
  });
});

test("a registry that cannot be reached is known to be so in bounded time", async () => {
  const start = Date.now();
  expect(await registryReachable("registry.invalid", { HTTPS_PROXY: "http://127.0.0.1:9" }, 2)).toBe(false);
  expect(await registryReachable("127.0.0.1:9", {}, 2)).toBe(false);
  expect(Date.now() - start).toBeLessThan(5000);
});
