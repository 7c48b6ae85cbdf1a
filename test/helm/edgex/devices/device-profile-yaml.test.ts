import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeviceProfile } from "../../../../lib/helm/edgex/devices";
import { refusal } from "./support";

const resources = (text: string) =>
  `name: press\ndeviceResources:\n- name: Force\n  properties: { valueType: Float64, readWrite: RW${text} }\n`;

describe("a profile in YAML", () => {
  test("is read as EdgeX reads it", () => {
    const profile = DeviceProfile.fromYaml(`
name: 12
manufacturer: "ACME"
labels: [ 1.0, two, ~ ]
apiVersion: v3
created: 1700000000000
coreCommands: what earlier releases had
deviceResources:
  - name: "Force"
    isHidden: yes
    attributes: { startingAddress: 0x10, scale: 1.5, on: [ true, "1" ] }
    properties: &number
      valueType: "float64"
      readWrite: "WR"
      defaultValue: 0.0
      mask: 18446744073709551615
      minimum: -1e3
  - name: Stroke
    properties: { <<: *number, units: mm, mask: 0x0F }
deviceCommands:
  - name: Both
    readWrite: R
    resourceOperations:
      - { deviceResource: Force, mappings: { 0: off, 1: on } }
      - { deviceResource: Stroke }
`);
    expect(profile.toObject()).toEqual({
      name: "12",
      manufacturer: "ACME",
      description: undefined,
      model: undefined,
      labels: ["1.0", "two"],
      deviceResources: [
        {
          name: "Force",
          isHidden: true,
          attributes: { startingAddress: 16, scale: 1.5, on: [true, "1"] },
          properties: { valueType: "Float64", readWrite: "RW", defaultValue: "0.0", mask: 18_446_744_073_709_551_615n, minimum: -1000 },
        },
        {
          name: "Stroke",
          isHidden: false,
          properties: { valueType: "Float64", readWrite: "RW", defaultValue: "0.0", mask: 15, minimum: -1000, units: "mm" },
        },
      ],
      deviceCommands: [
        {
          name: "Both",
          isHidden: false,
          readWrite: "R",
          resourceOperations: [{ deviceResource: "Force", mappings: { "0": "off", "1": "on" } }, { deviceResource: "Stroke" }],
        },
      ],
    });
  });

  test.each<[string, string, string, RegExp]>([
    ["no YAML", "name: [", "MEC1486", /no YAML/],
    ["a key twice", "name: a\nname: b\n", "MEC1486", /no YAML/],
    ["a list", "- name: a\n", "MEC1486", /got a list as the text/],
    ["nothing", "", "MEC1486", /got nothing as the text/],
    ["no name", "model: x\n", "MEC1486", /got "" as name/],
    ["resources that are a map", "name: a\ndeviceResources: { b: c }\n", "MEC1486", /got a map as deviceResources/],
    ["an unknown value type", resources("").replace("Float64", "Float128"), "MEC1485", /Float128/],
    ["an unknown permission", resources("").replace("RW", "rw"), "MEC1486", /got "rw" as readWrite/],
    ["no value type", "name: a\ndeviceResources: [ { name: b } ]\n", "MEC1485", /got ""/],
    ["a number in quotes", resources(', minimum: "1"'), "MEC1486", /got "1" as deviceResources\[0\].properties.minimum/],
    ["a truth in quotes", resources("").replace("- name", '- isHidden: "true"\n  name'), "MEC1486", /isHidden/],
    ["a text that is a map", resources(", units: { a: b }"), "MEC1486", /got a map as .*units/],
    ["attributes that are a text", resources("").replace("- name", "- attributes: none\n  name"), "MEC1486", /attributes/],
    ["an id that is none", "name: a\nid: one\n", "MEC1486", /UUID/],
    ["a key that is nearly one", resources(", minimun: 1"), "MEC1486", /got "minimun".*so write minimum/],
    ["a key in the wrong case", resources("").replace("readWrite", "readwrite"), "MEC1486", /so write readWrite/],
  ])("with %s is refused", (_, yaml, code, text) => {
    const error = refusal(() => DeviceProfile.fromYaml(yaml));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
  });

  test("is read from a file, which the error names", () => {
    const folder = mkdtempSync(join(tmpdir(), "profile-"));
    try {
      const file = join(folder, "press.yaml");
      writeFileSync(file, resources(", units: kN"));
      expect(DeviceProfile.fromYamlFile(file).resource("Force")?.properties.units).toBe("kN");
      writeFileSync(file, resources("").replace("Float64", "Real"));
      expect(refusal(() => DeviceProfile.fromYamlFile(file)).message).toContain("press.yaml");
      expect(refusal(() => DeviceProfile.fromYamlFile(join(folder, "none.yaml"))).message).toMatch(/ENOENT/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
