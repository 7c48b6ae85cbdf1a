import { MecError, got } from "../../../errors";

/**
 * Whether a resource or a command is read, written, or both.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/resourceproperties.go
 */
export class ReadWrite {
  /** It is read. */
  public static readonly READ = new ReadWrite("R");
  /** It is written. */
  public static readonly WRITE = new ReadWrite("W");
  /** It is read and written. */
  public static readonly READ_WRITE = new ReadWrite("RW");

  /**
   * What a text of EdgeX stands for. `WR`, which EdgeX takes too, becomes `RW`: device-virtual knows nothing of the former.
   *
   * @param text `R`, `W`, `RW` or `WR`
   * @param path name of the input for the error
   * @throws {MecError} MEC1486 for another text
   */
  public static of(text: string, path: string = "ReadWrite.of"): ReadWrite {
    switch (text) {
      case "R":
        return ReadWrite.READ;
      case "W":
        return ReadWrite.WRITE;
      case "RW":
      case "WR":
        return ReadWrite.READ_WRITE;
      default:
        throw new MecError("MEC1486", path, `${got(text)} as readWrite: EdgeX takes R, W and RW alone, so write one of them`);
    }
  }

  private constructor(
    /** What EdgeX calls it: `R`, `W` or `RW`. */
    public readonly text: string,
  ) {}

  /** Whether it may be read. */
  public get readable(): boolean {
    return this.text.includes("R");
  }

  /** Whether it may be written. */
  public get writable(): boolean {
    return this.text.includes("W");
  }

  /** What EdgeX calls it. */
  public toString(): string {
    return this.text;
  }
}
