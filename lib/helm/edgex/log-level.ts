/** What services may log, from much to little. */
export const LOG_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"] as const;

/**
 * What services log.
 * @see https://docs.edgexfoundry.org/4.0/microservices/configuration/CommonConfiguration/
 */
export type EdgeXLogLevel = (typeof LOG_LEVELS)[number];
