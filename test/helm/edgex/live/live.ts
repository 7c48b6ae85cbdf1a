import { EdgeX, EdgeXProfile, HostpathStorage, type EdgeXOptions } from "../../../../lib";
import { addOnStack, bostonSite } from "../../support/add-ons";
import { describeHelm, helmTemplate, type KubernetesObject } from "../../support/helm";
import { ownReleases } from "../../support/own-charts";
import { missingForLive } from "./image-roots";

/** `describe` for what needs the images' programs: skipped, with the reason in its name, where they are not. */
export function describeLive(name: string, body: () => void): void {
  const missing = missingForLive();
  if (missing === undefined) {
    describeHelm(name, body);
  } else {
    describe.skip(`${name} (skipped: ${missing})`, () => test("needs the programs of the images", () => undefined));
  }
}

/** What Helm makes of an EdgeX of the profile CORE, unless told otherwise. */
export function edgexObjects(options: Partial<EdgeXOptions>, fill: (edgex: EdgeX) => void): KubernetesObject[] {
  const { releases, remove } = ownReleases((app) => {
    const { cluster } = bostonSite(app);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    fill(new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE, ...options }));
  });
  try {
    const release = releases.find(({ releaseName }) => releaseName === "edgex")!;
    return helmTemplate(release.chart, { ...release, apiVersions: ["monitoring.coreos.com/v1"] });
  } finally {
    remove();
  }
}

/** Lets time pass. */
export const later = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** Waits until something is so. @throws what it is instead */
export async function until(isSo: () => boolean | Promise<boolean>, what: () => string | Promise<string>, seconds = 60): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > seconds * 2) throw new Error(await what());
    await later(0.5);
  }
}
