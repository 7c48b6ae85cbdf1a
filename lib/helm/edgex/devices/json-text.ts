/**
 * A value as JSON, keys in their order of the map, whole numbers of any size as they are. What is undefined is left out.
 *
 * @param value maps, lists, texts, numbers and truth values
 */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => jsonText(item ?? null)).join(",")}]`;
  }
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}
