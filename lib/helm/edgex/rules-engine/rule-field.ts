import { MecError, got } from "../../../errors";
import { assertNoSecretPlaces } from "../graph/secret-places";

/** A field of what a rule selected, in what an action tells. */
export class RuleField {
  /**
   * @param name name of the field, as SELECT has it or names it by AS
   * @throws {MecError} MEC1498 for an empty one, and one with quotes, MEC1482 for a text with the mark of a Secret's place
   */
  public static of(name: string): RuleField {
    if (name === "" || /["`\\{}\p{Cc}]/u.test(name)) {
      throw new MecError(
        "MEC1498",
        "RuleField.of",
        `${got(name)}: a field has a name without quotes and braces, so write for example "mean"`,
      );
    }
    assertNoSecretPlaces("RuleField.of", { name });
    return new RuleField(name);
  }

  private constructor(
    /** Its name. */
    public readonly name: string,
  ) {}

  /** Where it goes in a template of eKuiper (https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/data_template.md). */
  public get template(): string {
    return /^[A-Za-z]\w*$/.test(this.name) ? `{{.${this.name}}}` : `{{index . ${JSON.stringify(this.name)}}}`;
  }
}
