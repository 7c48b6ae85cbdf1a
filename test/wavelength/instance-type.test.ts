import { CpuArchitecture, WavelengthInstanceType, WavelengthVolumeType, WavelengthZone } from "../../lib";

test.each([
  ["t3.medium", 2, 4, false],
  ["t3.xlarge", 4, 16, false],
  ["r5.2xlarge", 8, 64, false],
  ["g4dn.2xlarge", 8, 32, true],
])("%s has %d vCPU and %d GiB", (name, vCpus, gibibytes, hasGpu) => {
  const type = WavelengthInstanceType.of(name);
  expect(type).toMatchObject({ name, vCpus, hasGpu });
  expect(type.memory?.toGibibytes()).toBe(gibibytes);
  expect(type.gpu?.count ?? 0).toBe(hasGpu ? 1 : 0);
});

test.each(["c6i.metal", "m7i-flex.large", "x2idn.16xlarge"])("%s is accepted, with no more than its name", (name) => {
  expect(WavelengthInstanceType.of(name)).toMatchObject({ name, vCpus: undefined, memory: undefined });
});

test.each([
  ["t4g.medium", CpuArchitecture.ARM_64],
  ["a1.large", CpuArchitecture.ARM_64],
  ["m7gd.xlarge", CpuArchitecture.ARM_64],
  ["g5g.xlarge", CpuArchitecture.ARM_64],
  ["t3.medium", CpuArchitecture.X86_64],
  ["g4dn.2xlarge", CpuArchitecture.X86_64],
  ["g5.xlarge", CpuArchitecture.X86_64],
])("%s is %s", (name, architecture) => {
  expect(WavelengthInstanceType.of(name).architecture).toBe(architecture);
});

test("a GPU family is known by its name", () => {
  expect(["g5.xlarge", "p4d.24xlarge", "t3.nano"].map((name) => WavelengthInstanceType.of(name).hasGpu)).toEqual([true, true, false]);
});

test.each(["t3", "t3.", "medium", "t3.huge", "T3.MEDIUM"])("refuses %j", (name) => {
  expect(() => WavelengthInstanceType.of(name)).toThrow(/MEC1007.*"t3\.medium"/);
});

test("zones of the first generation offer four types, of others it is not known", () => {
  expect(WavelengthZone.US_EAST_1_WL1_BOS.instanceTypes?.map(String)).toEqual(["t3.medium", "t3.xlarge", "r5.2xlarge", "g4dn.2xlarge"]);
  expect(WavelengthZone.EU_WEST_3_CMN.instanceTypes).toBeUndefined();
});

test.each(["gp3", "io2", "st1", "GP2", ""])("refuses the volume type %j", (name) => {
  expect(() => WavelengthVolumeType.of(name)).toThrow(/\[MEC1011\].*gp2 volumes only/);
});

test("gp2 is the volume type of a Wavelength Zone", () => {
  expect(WavelengthVolumeType.of("gp2")).toEqual(WavelengthVolumeType.GP2);
});
