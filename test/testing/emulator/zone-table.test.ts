import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { WavelengthZone } from "../../../lib";

/** Names of a zone as the emulator's EC2 gives them. */
interface EmulatedZone {
  readonly name: string;
  readonly zone_id: string;
  readonly region: string;
  readonly group_name: string;
  readonly network_border_group: string;
}

const PRINT = "import json, zone_table; print(json.dumps([vars(zone) for zone in zone_table.all_zones()]))";

function emulatedZones(): EmulatedZone[] {
  const cwd = join(__dirname, "../../../lib/testing/emulator/python/aws");
  const { stdout, stderr } = spawnSync(process.env.MEC_PYTHON ?? "python3", ["-B", "-c", PRINT], {
    cwd,
    encoding: "utf8",
    timeout: 30_000,
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as EmulatedZone[];
}

test("the emulated account has the zones of the catalogue, by the same names", () => {
  const emulated = emulatedZones();
  expect(emulated.map(({ name }) => name).sort()).toEqual(
    WavelengthZone.all()
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name, zone_id, region, group_name, network_border_group } of emulated) {
    const { zoneId, parentRegion, groupName, networkBorderGroup } = WavelengthZone.of(name);
    // What the catalogue does not know, the EC2 API alone tells.
    expect([name, zoneId ?? zone_id, groupName ?? group_name, networkBorderGroup ?? network_border_group]).toEqual([
      name,
      zone_id,
      group_name,
      network_border_group,
    ]);
    expect(parentRegion).toBe(region);
  }
});
