import { MecError } from "./errors";
import type { Duration } from "./units";

/** Days that CloudWatch Logs can keep events for (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/**
 * Days that CloudWatch Logs keeps events for.
 *
 * @param path construct path for the error
 * @param retention how long
 * @throws {MecError} MEC1023 for a time that CloudWatch Logs does not have
 */
export function retentionInDays(path: string, retention: Duration): number {
  const days = retention.toDays();
  if (!RETENTION_DAYS.includes(days)) {
    const longer = RETENTION_DAYS.find((other) => other > days) ?? RETENTION_DAYS[RETENTION_DAYS.length - 1];
    throw new MecError(
      "MEC1023",
      path,
      `got ${days} days as retention: CloudWatch Logs keeps events for ${RETENTION_DAYS.join(", ")} days, so write for example Duration.days(${longer})`,
    );
  }
  return days;
}
