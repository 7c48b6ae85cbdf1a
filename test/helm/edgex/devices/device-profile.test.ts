import { Lazy } from "cdktf";
import fc from "fast-check";
import { DeviceProfile, ReadWrite, ValueType, type DeviceProfileProps } from "../../../../lib/helm/edgex/devices";
import { jsonText } from "../../../../lib/helm/edgex/devices/json-text";
import { profiles, refusal, resource, thermostat } from "./support";

const of = (more: Partial<DeviceProfileProps>) => () => DeviceProfile.of({ name: "press", ...more });
const command = (deviceResource: string, readWrite: ReadWrite) => [{ name: "c", readWrite, resourceOperations: [{ deviceResource }] }];

describe("a value type", () => {
  test("has its name in any case, as EdgeX takes it", () => {
    expect(ValueType.of("float32")).toBe(ValueType.FLOAT32);
    expect(ValueType.of("OBJECTARRAY")).toBe(ValueType.OBJECT_ARRAY);
    expect(ValueType.ALL).toHaveLength(27);
  });

  test.each(["Float", "Float16", "Strings", "int", ""])("%j is none (MEC1485)", (name) => {
    expect(refusal(() => ValueType.of(name))).toMatchObject({ code: "MEC1485" });
    expect(refusal(() => ValueType.of(name)).message).toContain("Float32");
  });

  test("knows what it holds", () => {
    expect(ValueType.UINT8.range).toEqual({ minimum: 0, maximum: 255 });
    expect(ValueType.INT16.range).toEqual({ minimum: -32_768, maximum: 32_767 });
    expect(ValueType.FLOAT64.range).toBeUndefined();
    expect(ValueType.ALL.filter(({ isNumeric }) => isNumeric).map(String)).toEqual([
      ...["Uint8", "Uint16", "Uint32", "Uint64", "Int8", "Int16", "Int32", "Int64", "Float32", "Float64"],
    ]);
  });
});

describe("what may be done", () => {
  test("WR is RW, which every device service knows", () => {
    expect(ReadWrite.of("WR")).toBe(ReadWrite.READ_WRITE);
    expect([ReadWrite.READ, ReadWrite.WRITE, ReadWrite.READ_WRITE].map(({ readable, writable }) => [readable, writable])).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  test.each(["r", "", "X"])("%j is nothing (MEC1486)", (text) => expect(refusal(() => ReadWrite.of(text)).code).toBe("MEC1486"));
});

describe("a profile", () => {
  test("is what EdgeX' schema has", () => {
    expect(thermostat().toObject()).toMatchObject({
      name: "thermostat",
      deviceResources: [
        {
          name: "Temperature",
          isHidden: false,
          properties: { valueType: "Float32", readWrite: "R", units: "Cel", minimum: -20, maximum: 60 },
        },
        { name: "Setpoint", properties: { readWrite: "RW", defaultValue: "20" } },
        { name: "Reset", properties: { valueType: "Bool", readWrite: "W" } },
      ],
      deviceCommands: [
        {
          name: "State",
          isHidden: false,
          readWrite: "R",
          resourceOperations: [{ deviceResource: "Temperature" }, { deviceResource: "Setpoint" }],
        },
        { name: "Restart", readWrite: "W", resourceOperations: [{ deviceResource: "Reset", defaultValue: "true" }] },
      ],
    });
    expect(thermostat().resource("Setpoint")?.properties.maximum).toBe(30);
    expect(thermostat().command("State")?.readWrite).toBe(ReadWrite.READ);
  });

  test("needs neither resources nor commands", () => {
    expect(of({})().toObject()).toMatchObject({ deviceResources: [], deviceCommands: [] });
  });

  test.each<[string, () => unknown, RegExp]>([
    ["no name", of({ name: "" }), /got "" as name/],
    ["a name of blanks", of({ name: "  " }), /has no name/],
    ["a resource without a name", of({ deviceResources: [resource(" ")] }), /deviceResources\[0\]\.name/],
    ["a name with a slash", of({ name: "a/b" }), /without \//],
    ["a resource with a wildcard", of({ deviceResources: [resource("a+b")] }), /without \+/],
    [
      "a command with a percent sign",
      of({ deviceResources: [resource("a")], deviceCommands: [{ ...command("a", ReadWrite.READ)[0], name: "5%" }] }),
      /without %/,
    ],
    [
      "bytes that are written",
      of({ deviceResources: [resource("a", { valueType: ValueType.BINARY, readWrite: ReadWrite.READ_WRITE })] }),
      /bytes can be read alone/,
    ],
    ["a resource twice", of({ deviceResources: [resource("a"), resource("a")] }), /"a" as two names of deviceResources/],
    [
      "a command twice",
      of({ deviceResources: [resource("a")], deviceCommands: [...command("a", ReadWrite.READ), ...command("a", ReadWrite.READ)] }),
      /"c" as two names of deviceCommands/,
    ],
    [
      "a command of a missing resource",
      of({ deviceResources: [resource("a")], deviceCommands: command("b", ReadWrite.READ) }),
      /"b" as deviceResource.*write one of "a"/,
    ],
    [
      "a command without resources",
      of({ deviceCommands: [{ name: "c", readWrite: ReadWrite.READ, resourceOperations: [] }] }),
      /no resourceOperations/,
    ],
    [
      "a command that writes what is read",
      of({ deviceResources: [resource("a")], deviceCommands: command("a", ReadWrite.WRITE) }),
      /its resource "a" is R/,
    ],
    [
      "a command that does both with what is read",
      of({ deviceResources: [resource("a")], deviceCommands: command("a", ReadWrite.READ_WRITE) }),
      /its resource "a" is R/,
    ],
    [
      "a number that is none",
      of({ deviceResources: [resource("a", { scale: Number.NaN })] }),
      /got NaN as deviceResources\[0\]\.properties\.scale/,
    ],
    ["a limit without an end", of({ deviceResources: [resource("a", { maximum: Infinity })] }), /got Infinity/],
    ["a mask below zero", of({ deviceResources: [resource("a", { mask: -1 })] }), /got -1 as .*mask/],
    ["a mask of 65 bits", of({ deviceResources: [resource("a", { mask: 2n ** 64n })] }), /mask/],
    ["half a shift", of({ deviceResources: [resource("a", { shift: 0.5 })] }), /got 0.5 as .*shift/],
    [
      "limits that exclude all",
      of({ deviceResources: [resource("a", { readWrite: ReadWrite.WRITE, minimum: 2, maximum: 1 })] }),
      /no value is between/,
    ],
    [
      "a limit beyond the type",
      of({ deviceResources: [resource("a", { valueType: ValueType.UINT8, readWrite: ReadWrite.WRITE, maximum: 300 })] }),
      /got 300 as .*maximum.*from 0 to 255/,
    ],
    ["attributes that are a list", of({ deviceResources: [resource("a", {}, { attributes: [] as never })] }), /attributes/],
    [
      "attributes that JSON cannot hold",
      of({ deviceResources: [resource("a", {}, { attributes: { x: [Number.NaN] } })] }),
      /got NaN as .*attributes\.x\[0\]/,
    ],
    ["tags with a function", of({ deviceResources: [resource("a", {}, { tags: { x: () => 1 } })] }), /got a function as .*tags\.x/],
    [
      "a unit that only the apply knows",
      of({ deviceResources: [resource("a", { units: Lazy.stringValue({ produce: () => "later" }) })] }),
      /got a token/,
    ],
    ["labels that are no texts", of({ labels: [1 as never] }), /labels/],
  ])("with %s is refused (MEC1486)", (_, call, text) => {
    const error = refusal(call);
    expect(error.code).toBe("MEC1486");
    expect(error.message).toMatch(text);
  });

  test("without a value type is refused (MEC1485)", () => {
    expect(refusal(of({ deviceResources: [{ name: "a", properties: { readWrite: ReadWrite.READ } as never }] })).code).toBe("MEC1485");
    expect(refusal(of({ deviceResources: [resource("a", { valueType: "Float32" as never })] })).code).toBe("MEC1485");
  });

  test("limits of what is read alone are not looked at, as no device service does", () => {
    const { resources } = of({ deviceResources: [resource("a", { valueType: ValueType.UINT8, minimum: 9, maximum: 1 })] })();
    expect(resources).toHaveLength(1);
  });

  test("limits of the whole type are taken, though a number cannot hold them", () => {
    const limits = (valueType: ValueType, minimum: number, maximum: number) =>
      of({ deviceResources: [resource("a", { valueType, readWrite: ReadWrite.READ_WRITE, minimum, maximum })] })().resources[0].properties;
    expect(limits(ValueType.UINT64, 0, 2 ** 64).maximum).toBe(2 ** 64);
    expect(limits(ValueType.INT64, -(2 ** 63), 2 ** 63).minimum).toBe(-(2 ** 63));
    expect(limits(ValueType.UINT8, -0.5, 255.5).maximum).toBe(255.5);
  });

  test("of an image has a name alone", () => {
    const profile = DeviceProfile.fromImage("onvif-camera");
    expect([profile.name, profile.isFromImage, profile.resources]).toEqual(["onvif-camera", true, []]);
    expect(refusal(() => DeviceProfile.fromImage("")).code).toBe("MEC1486");
  });
});

test("what is rendered reads back to the same profile", () => {
  fc.assert(
    fc.property(profiles, (props) => {
      const profile = DeviceProfile.of(props);
      const text = jsonText(profile.toObject());
      expect(jsonText(DeviceProfile.fromYaml(text).toObject())).toBe(text);
    }),
    { numRuns: 300 },
  );
});
