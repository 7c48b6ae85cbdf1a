import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Device, DeviceProfile, DeviceProtocol, DeviceService, updateDevicesJob } from "../../../../lib/helm/edgex/devices";
import { thermostat } from "./support";

const device = (name: string, profile = thermostat()) =>
  Device.of({ name, service: DeviceService.virtual(), profile, protocols: DeviceProtocol.virtual() });
const files = (devices: Device[], profiles: DeviceProfile[] = []) => updateDevicesJob(devices, profiles)?.files?.[0].files ?? {};

describe("the job of updates", () => {
  test("is not there without devices and profiles, nor for profiles of images alone", () => {
    expect(updateDevicesJob([])).toBeUndefined();
    expect(updateDevicesJob([], [DeviceProfile.fromImage("onvif-camera")])).toBeUndefined();
  });

  test("talks to metadata alone, by an image with a tag", () => {
    const job = updateDevicesJob([device("a")]);
    expect(job).toMatchObject({ name: "edgex-update-devices", talksTo: [{ service: "edgex-core-metadata", port: 59881 }] });
    expect(job?.image).toMatch(/^docker\.io\/curlimages\/curl:\d+\.\d+\.\d+$/);
  });

  test("changes profiles first, then devices, by names that are safe in a path", () => {
    expect(files([device("hall 1")], [thermostat({ name: "a:ö" })]).steps).toBe(
      [
        "PUT /api/v3/deviceprofile/name/a%3A%C3%B6 /api/v3/deviceprofile profile-0001.json",
        "PUT /api/v3/deviceprofile/name/thermostat /api/v3/deviceprofile profile-0002.json",
        "PATCH /api/v3/device/name/hall%201 /api/v3/device device-0003.json",
        "",
      ].join("\n"),
    );
  });

  test("tells metadata the whole of each, and what is no longer there", () => {
    const { "profile-0001.json": profile, "device-0002.json": one } = files([device("a")]);
    expect(JSON.parse(profile)).toEqual([{ apiVersion: "v3", profile: JSON.parse(JSON.stringify(thermostat().toObject())) }]);
    expect(JSON.parse(one)).toEqual([
      {
        apiVersion: "v3",
        device: {
          name: "a",
          parent: "",
          description: "",
          labels: [],
          serviceName: "device-virtual",
          profileName: "thermostat",
          autoEvents: [],
          protocols: { other: {} },
          tags: {},
          properties: {},
        },
      },
    ]);
    // Who locked a device, or found it down, is not overruled.
    expect(one).not.toMatch(/adminState|operatingState/);
  });
});

test("it has as many ConfigMaps as are needed, each in a folder of its own", () => {
  const profile = DeviceProfile.of({ name: "p", description: "x".repeat(300_000) });
  const parts =
    updateDevicesJob(
      [],
      Array.from({ length: 7 }, (_, index) => DeviceProfile.of({ ...profile.props, name: `p${index}` })),
    )?.files ?? [];
  expect(parts.map(({ path }) => path)).toEqual(["/edgex/updates/001", "/edgex/updates/002", "/edgex/updates/003"]);
  expect(parts.flatMap(({ files: { steps } }) => steps.trim().split("\n"))).toHaveLength(7);
  for (const { files: texts } of parts) {
    expect(
      texts.steps
        .trim()
        .split("\n")
        .every((step) => step.split(" ")[3] in texts),
    ).toBe(true);
    expect(JSON.stringify(texts).length).toBeLessThan(1_048_576);
  }
});

describe("its script", () => {
  /** Runs it with a curl that answers from a list, and says what it was asked. */
  function run(answers: readonly string[], missing = 0): { status: number | null; output: string; asked: string[] } {
    const folder = mkdtempSync(join(tmpdir(), "updates-"));
    try {
      const log = join(folder, "log");
      const script = updateDevicesJob([device("a")])?.command?.[2].replaceAll("/edgex/updates", join(folder, "updates")) ?? "";
      // Each step in a folder of its own, as where one ConfigMap does not hold all.
      const { steps, ...requests } = files([device("a")]);
      Object.entries(requests).forEach(([name, text], index) => {
        mkdirSync(join(folder, "updates", `00${index}`), { recursive: true });
        writeFileSync(join(folder, "updates", `00${index}`, name), text);
        writeFileSync(join(folder, "updates", `00${index}`, "steps"), `${steps.split("\n")[index]}\n`);
      });
      answers.forEach((answer, index) => writeFileSync(join(folder, `answer${index}`), answer));
      const tools = {
        curl: `case "$*" in
*-X*) n=$(grep -c -- -X ${log}); echo "$*" >> ${log}; cat ${folder}/answer$n 2>/dev/null ;;
*) n=$(grep -vc -- -X ${log}); echo "$*" >> ${log}; [ "$n" -ge ${missing} ] ;;
esac`,
        sleep: "exit 0",
        // Each look at the clock is a hundred seconds later.
        date: `n=$(cat ${folder}/clock 2>/dev/null || echo 0); echo $((n + 100)) > ${folder}/clock; echo $n`,
      };
      writeFileSync(log, "");
      Object.entries(tools).forEach(([name, text]) => {
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(folder, name), 0o755);
      });
      const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
        env: { PATH: `${folder}:${process.env.PATH}` },
        encoding: "utf8",
        timeout: 60_000,
      });
      return { status, output: stdout + stderr, asked: readFileSync(log, "utf8").trim().split("\n") };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  const fine = '[{"apiVersion":"v3","statusCode":200}]';

  test("waits until each is there, and changes it", () => {
    const { status, output, asked } = run([fine, fine], 2);
    expect(status).toBe(0);
    expect(asked.filter((line) => !line.includes("-X"))).toEqual([
      ...Array(3).fill(expect.stringMatching(/^-fsS .*:59881\/api\/v3\/deviceprofile\/name\/thermostat$/)),
      expect.stringMatching(/\/api\/v3\/device\/name\/a$/),
    ]);
    expect(asked.filter((line) => line.includes("-X"))).toEqual([
      expect.stringMatching(/-X PUT .*--data-binary @.*\/profile-0001\.json http:\/\/edgex-core-metadata:59881\/api\/v3\/deviceprofile$/),
      expect.stringMatching(/-X PATCH .*@.*\/device-0002\.json .*\/api\/v3\/device$/),
    ]);
    expect(output).toContain("PATCH /api/v3/device/name/a");
  });

  test("asks again where an answer is another one, whatever the request itself says", () => {
    const { status, output } = run(['[{"statusCode":400,"message":"no such service"}]', fine, fine]);
    expect(status).toBe(0);
    expect(output).toContain("no such service");
  });

  test("ends with a fault where nothing comes of it", () => {
    expect(run([]).status).toBe(1);
    const { status, output } = run([fine, fine], 1000);
    expect([status, output]).toEqual([1, expect.stringContaining("/api/v3/deviceprofile/name/thermostat is not there")]);
  });
});
