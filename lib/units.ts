import { MecError, got } from "./errors";

function positive(unit: string, amount: number): number {
  if (!Number.isFinite(amount) || amount <= 0) {
    throw new MecError("MEC1008", unit, `${got(amount)}: a quantity is a finite number above zero, so write for example ${unit}(20)`);
  }
  return amount;
}

/** An amount of storage, in binary units. */
export class Size {
  /**
   * @param amount number of mebibytes (2^20 bytes), above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static mebibytes(amount: number): Size {
    return new Size(positive("Size.mebibytes", amount));
  }

  /**
   * @param amount number of gibibytes (2^30 bytes), above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static gibibytes(amount: number): Size {
    return new Size(positive("Size.gibibytes", amount) * 1024);
  }

  private constructor(private readonly amountInMebibytes: number) {}

  /** The amount in mebibytes; may be a fraction. */
  public toMebibytes(): number {
    return this.amountInMebibytes;
  }

  /** The amount in gibibytes; may be a fraction. */
  public toGibibytes(): number {
    return this.amountInMebibytes / 1024;
  }
}

/** A length of time. */
export class Duration {
  /**
   * @param amount number of seconds, above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static seconds(amount: number): Duration {
    return new Duration(positive("Duration.seconds", amount));
  }

  /**
   * @param amount number of minutes, above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static minutes(amount: number): Duration {
    return new Duration(positive("Duration.minutes", amount) * 60);
  }

  /**
   * @param amount number of hours, above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static hours(amount: number): Duration {
    return new Duration(positive("Duration.hours", amount) * 3600);
  }

  /**
   * @param amount number of days of 24 hours, above zero
   * @throws {MecError} MEC1008 when the amount is not a finite number above zero
   */
  public static days(amount: number): Duration {
    return new Duration(positive("Duration.days", amount) * 86_400);
  }

  private constructor(private readonly amountInSeconds: number) {}

  /** The length in seconds; may be a fraction. */
  public toSeconds(): number {
    return this.amountInSeconds;
  }

  /** The length in minutes; may be a fraction. */
  public toMinutes(): number {
    return this.amountInSeconds / 60;
  }

  /** The length in days of 24 hours; may be a fraction. */
  public toDays(): number {
    return this.amountInSeconds / 86_400;
  }
}
