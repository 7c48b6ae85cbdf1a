/**
 * Terraform expression of what the nodes told last in one field of their statuses, as a list of texts without repetition. What a placeholder,
 * an older agent or another machine says nothing of is not in it, and neither is what a lost machine told.
 *
 * @param values expression of the statuses, a list of JSON texts
 * @param of expression of the field's text, given that of the status
 * @param reinitialise instance id of a machine that is lost
 */
export function told(values: string, of: (status: string) => string, reinitialise = "none"): string {
  const lost = `try(jsondecode(text).instanceId, "") != "${reinitialise}"`;
  return `distinct(compact([for text in nonsensitive(${values}) : try(${of("jsondecode(text)")}, "") if ${lost}]))`;
}
