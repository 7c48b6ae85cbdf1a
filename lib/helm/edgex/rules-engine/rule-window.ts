import { MecError, got } from "../../../errors";
import type { Duration } from "../../../units";

/**
 * How many readings a rule looks at together.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/sqls/windows.md
 */
export class RuleWindow {
  /**
   * One stretch of time after another, such as each minute.
   * @param length its length, a millisecond or more
   * @throws {MecError} MEC1496
   */
  public static tumbling(length: Duration): RuleWindow {
    return new RuleWindow(`TUMBLINGWINDOW(ms, ${millis("RuleWindow.tumbling", "length", length)})`);
  }

  /**
   * Stretches of time that overlap, such as the last minute, each ten seconds.
   * @param length their length, a millisecond or more
   * @param interval how long until the next one begins, not longer than they are
   * @throws {MecError} MEC1496
   */
  public static hopping(length: Duration, interval: Duration): RuleWindow {
    const path = "RuleWindow.hopping";
    const [whole, step] = [millis(path, "length", length), millis(path, "interval", interval)];
    if (step > whole) {
      throw new MecError(
        "MEC1496",
        path,
        `got an interval of ${step} ms for windows of ${whole} ms: what is between two of them would not be looked at, so write a shorter one`,
      );
    }
    return new RuleWindow(`HOPPINGWINDOW(ms, ${whole}, ${step})`);
  }

  /**
   * The time before each event.
   * @param length its length, a millisecond or more
   * @throws {MecError} MEC1496
   */
  public static sliding(length: Duration): RuleWindow {
    return new RuleWindow(`SLIDINGWINDOW(ms, ${millis("RuleWindow.sliding", "length", length)})`);
  }

  /**
   * Events that follow one another.
   * @param length how long it lasts at most
   * @param timeout how long without an event ends it
   * @throws {MecError} MEC1496
   */
  public static session(length: Duration, timeout: Duration): RuleWindow {
    const path = "RuleWindow.session";
    return new RuleWindow(`SESSIONWINDOW(ms, ${millis(path, "length", length)}, ${millis(path, "timeout", timeout)})`);
  }

  /**
   * A number of events.
   * @param count how many, 1 or more
   * @param interval after how many the next window ends. @default - after as many
   * @throws {MecError} MEC1496
   */
  public static count(count: number, interval?: number): RuleWindow {
    const isCount = (number: number) => Number.isInteger(number) && number >= 1;
    if (!isCount(count) || (interval !== undefined && !(isCount(interval) && interval <= count))) {
      throw new MecError(
        "MEC1496",
        "RuleWindow.count",
        `${got(interval === undefined ? count : [count, interval])}: a window has 1 event or more, and the next ends after as many or fewer, so write for example RuleWindow.count(10)`,
      );
    }
    return new RuleWindow(`COUNTWINDOW(${[count, interval].filter((number) => number !== undefined).join(", ")})`);
  }

  private constructor(
    /** As SQL has it. */
    public readonly sql: string,
  ) {}
}

/** Milliseconds, which eKuiper takes whole. */
function millis(path: string, property: string, duration: Duration): number {
  const amount = duration.toSeconds() * 1000;
  const whole = Math.round(amount);
  if (whole < 1 || Math.abs(amount - whole) > 1e-6) {
    throw new MecError(
      "MEC1496",
      path,
      `got ${amount} ms as ${property}: eKuiper takes whole milliseconds, so write for example Duration.seconds(10)`,
    );
  }
  return whole;
}
