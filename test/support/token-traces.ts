/**
 * The framework notes for each token where in the code it was made. Jest would look up each line of that in source maps, which took two fifths of
 * the time of a synth, and no test reads it: what is no error gets no trace.
 */
const ofErrors = Error.prepareStackTrace;
if (ofErrors !== undefined) {
  Error.prepareStackTrace = (error: unknown, frames) => (error instanceof Error ? (ofErrors(error, frames) as unknown) : "");
}
