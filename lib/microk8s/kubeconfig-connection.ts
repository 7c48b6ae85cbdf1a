import { Lazy, TerraformStack, TerraformVariable, type IResolveContext } from "cdktf";
import type { Construct } from "constructs";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { planError, warn } from "../annotations";
import { got } from "../errors";
import { withoutTemplates } from "../tokens";
import type { Connection, ConnectionArguments } from "./connection";
import { BoundProviders } from "./providers";

/**
 * The connection by a context of a kubeconfig. Terraform reads the file when it plans and when it applies; nothing of it gets into
 * synthesized files, plan or state.
 *
 * Its path is a variable, since the rules of a variable are the ones that hold before a provider is configured: a file that is missing
 * is told in one sentence, and not by each provider in its own.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/custom-conditions#input-variable-validation
 */
export class KubeconfigConnection implements Connection {
  public readonly origin: string;

  /**
   * @param clusterName name of the cluster
   * @param path path of the file, absolute or below `~/`
   * @param context name of the context
   */
  public constructor(
    private readonly clusterName: string,
    private readonly path: string,
    private readonly context: string,
  ) {
    this.origin = `context ${context} of ${path}`;
  }

  private get variableName(): string {
    return `mec_${this.clusterName.replace(/-/g, "_")}_kubeconfig`;
  }

  public bind(scope: Construct): ConnectionArguments {
    const { path, context } = this;
    if (!existsSync(path.replace(/^~(?=\/)/, homedir()))) {
      warn(
        scope,
        "MEC1950",
        `${got(path)} as path of the kubeconfig: there is no such file on this machine and a deploy from here fails, so write it first, for example by \`(umask 077; sudo microk8s config > ${path})\``,
      );
    }
    const variable = new TerraformVariable(scope, "Kubeconfig", {
      type: "string",
      default: path,
      nullable: false,
      description: `Kubeconfig of the cluster ${this.clusterName}`,
    });
    variable.overrideLogicalId(this.variableName);
    const { fqn } = variable;
    const there = `try(fileexists(${fqn}), false)`;
    const contexts = `try([for one in yamldecode(file(${fqn})).contexts : one.name], [])`;
    variable.addValidation({
      condition: `\${${there}}`,
      errorMessage: planError(
        scope,
        "MEC1451",
        `got "\${${fqn}}" as path of the kubeconfig: there is no such file, so write it first, for example by \`microk8s config\``,
      ),
    });
    variable.addValidation({
      // Where there is no file, that is told alone.
      condition: `\${!${there} || contains(${contexts}, ${quoted(context)})}`,
      errorMessage: planError(
        scope,
        "MEC1451",
        `got "${withoutTemplates(context)}" as context of the kubeconfig: \${${fqn}} has the contexts [\${join(", ", ${contexts})}], so write one of these, or another path`,
      ),
    });
    return { configPath: `\${pathexpand(${fqn})}`, configContext: withoutTemplates(context) };
  }

  /** The URL that the context leads to: a token, which is read from the file. */
  public get endpoint(): string {
    return Lazy.stringValue({ produce: ({ scope }: IResolveContext) => this.endpointIn(TerraformStack.of(scope)) });
  }

  private endpointIn(stack: TerraformStack): string {
    // Terraform reads a literal path before it looks at any rule, and has its own words for a file that is missing.
    const checked = stack.node.tryFindChild(BoundProviders.idOf(this.clusterName)) !== undefined;
    const file = `yamldecode(file(${checked ? `var.${this.variableName}` : quoted(this.path)}))`;
    const cluster = `one([for one in ${file}.contexts : one.context.cluster if one.name == ${quoted(this.context)}])`;
    return `\${one([for one in ${file}.clusters : one.cluster.server if one.name == ${cluster}])}`;
  }
}

/** A text as Terraform's expressions quote it. */
function quoted(text: string): string {
  return JSON.stringify(withoutTemplates(text));
}
