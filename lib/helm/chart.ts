import { AssetType, TerraformAsset, Token } from "cdktf";
import type { Construct } from "constructs";
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { MecError, got } from "../errors";

/** Where a chart is, and which one. */
export interface RegistryChartProps {
  /** Name of the chart, such as `cert-manager`. */
  readonly chart: string;
  /** Repository: `https://…` for one with an index, `oci://…` for a registry. */
  readonly repository: string;
  /** Exact version, as the repository has it: with a v or without. */
  readonly version: string;
}

/** Arguments of a release that say which chart it is of. */
export interface ReleaseChart {
  readonly chart: string;
  readonly repository?: string;
  readonly version?: string;
}

/** Exact versions alone, after https://semver.org, with the v that some charts have. */
const VERSION = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Names as Helm's guide has them (https://helm.sh/docs/chart_best_practices/conventions/#chart-names). */
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A user name or password in an address, also where a slash in the password hides it: `https://me:secret@host`. */
const USERINFO = /\/\/(?:[^/?#]*@|[^/?#@]*:(?!\d+(?:[/?#]|$)).*@)/;

/** A Helm chart: one of a repository, in one version, or a folder that is beside the code. */
export class Chart {
  /**
   * A chart of a repository.
   *
   * @throws {MecError} MEC1412 without an exact version, for what is no repository or has a password in it, and for what is no name of a chart
   * @see https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release
   */
  public static fromRegistry(props: RegistryChartProps): Chart {
    const { chart, repository, version } = props;
    for (const [what, value] of Object.entries({ chart, repository, version })) {
      if (!Token.isUnresolved(value) && USERINFO.test(String(value))) {
        throw new MecError(
          "MEC1412",
          "Chart.fromRegistry",
          `got a user name or a password in the address as ${what}, which is not repeated here: it would be in cdk.tf.json, in the plan and in the state, so write the address without it, and let who deploys log in by "helm registry login" or "helm repo add"`,
        );
      }
    }
    const refuse = (value: unknown, what: string, rule: string) => {
      throw new MecError("MEC1412", "Chart.fromRegistry", `${got(value)} as ${what}: ${rule}`);
    };
    if (!Token.isUnresolved(chart) && !NAME.test(String(chart))) {
      refuse(
        chart,
        "chart",
        'the name of a chart is lowercase letters, digits and dashes, and the registry is repository\'s, so write for example "cert-manager"',
      );
    }
    if (!Token.isUnresolved(repository) && !/^(?:https|oci):\/\/[^\s/]+\S*$/.test(String(repository))) {
      refuse(repository, "repository", 'a repository is reached by https:// or oci://, so write for example "https://charts.jetstack.io"');
    }
    if (!Token.isUnresolved(version) && !VERSION.test(String(version))) {
      refuse(
        version,
        `version of the chart ${chart}`,
        'without an exact version the next plan may install another chart, so write one, such as "1.21.1"',
      );
    }
    return new Chart(chart, repository, version);
  }

  /**
   * A chart in a folder beside the code. It is copied to what is synthesized, under a path with the digest of its files: it deploys from
   * another machine too, and a change of a file is an upgrade of the release.
   *
   * @param folder absolute path of the folder with `Chart.yaml`
   * @throws {MecError} MEC1413 for a relative path, and for a folder without `Chart.yaml` or without a name in it
   */
  public static fromFolder(folder: string): Chart {
    const file = join(folder, "Chart.yaml");
    const name =
      isAbsolute(folder) && existsSync(file) ? /^name:\s*["']?([a-z0-9.-]+)["']?\s*$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
    if (name === undefined) {
      throw new MecError(
        "MEC1413",
        "Chart.fromFolder",
        `${got(folder)}: a chart is the absolute path of a folder whose Chart.yaml says its name, so write for example join(__dirname, "chart")`,
      );
    }
    return new Chart(name, undefined, undefined, folder);
  }

  private constructor(
    /** Name of the chart. */
    public readonly name: string,
    /** Repository; undefined for a folder. */
    public readonly repository?: string,
    /** Version; undefined for a folder. */
    public readonly version?: string,
    /** Absolute path of the folder; undefined for a chart of a repository. */
    public readonly folder?: string,
  ) {}

  /**
   * What a release says of its chart; a folder is copied to what is synthesized.
   * @internal
   * @param scope construct that the copy is below
   * @param id id of the copy
   */
  public bind(scope: Construct, id = "Chart"): ReleaseChart {
    if (this.folder !== undefined) {
      const asset = new TerraformAsset(scope, id, { path: this.folder, type: AssetType.DIRECTORY });
      // With the dot it is a path, and no name of a chart in a repository.
      return { chart: `./${asset.path.replace(/\/$/, "")}` };
    }
    return { chart: this.name, repository: this.repository, version: this.version };
  }
}
