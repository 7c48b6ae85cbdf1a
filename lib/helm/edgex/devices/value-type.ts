import { MecError, got } from "../../../errors";

/**
 * Type of the value of a resource.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/common/constants.go
 */
export class ValueType {
  /** `true` or `false`. */
  public static readonly BOOL = new ValueType("Bool");
  /** Text. */
  public static readonly STRING = new ValueType("String");
  /** A whole number of 8 bits, 0 or more. */
  public static readonly UINT8 = new ValueType("Uint8");
  /** A whole number of 16 bits, 0 or more. */
  public static readonly UINT16 = new ValueType("Uint16");
  /** A whole number of 32 bits, 0 or more. */
  public static readonly UINT32 = new ValueType("Uint32");
  /** A whole number of 64 bits, 0 or more. */
  public static readonly UINT64 = new ValueType("Uint64");
  /** A whole number of 8 bits. */
  public static readonly INT8 = new ValueType("Int8");
  /** A whole number of 16 bits. */
  public static readonly INT16 = new ValueType("Int16");
  /** A whole number of 32 bits. */
  public static readonly INT32 = new ValueType("Int32");
  /** A whole number of 64 bits. */
  public static readonly INT64 = new ValueType("Int64");
  /** A number with a fraction, of 32 bits. */
  public static readonly FLOAT32 = new ValueType("Float32");
  /** A number with a fraction, of 64 bits. */
  public static readonly FLOAT64 = new ValueType("Float64");
  /** Bytes, such as a picture. It can be read alone. */
  public static readonly BINARY = new ValueType("Binary");
  /** Several {@link ValueType.BOOL}. */
  public static readonly BOOL_ARRAY = new ValueType("BoolArray");
  /** Several {@link ValueType.STRING}. */
  public static readonly STRING_ARRAY = new ValueType("StringArray");
  /** Several {@link ValueType.UINT8}. */
  public static readonly UINT8_ARRAY = new ValueType("Uint8Array");
  /** Several {@link ValueType.UINT16}. */
  public static readonly UINT16_ARRAY = new ValueType("Uint16Array");
  /** Several {@link ValueType.UINT32}. */
  public static readonly UINT32_ARRAY = new ValueType("Uint32Array");
  /** Several {@link ValueType.UINT64}. */
  public static readonly UINT64_ARRAY = new ValueType("Uint64Array");
  /** Several {@link ValueType.INT8}. */
  public static readonly INT8_ARRAY = new ValueType("Int8Array");
  /** Several {@link ValueType.INT16}. */
  public static readonly INT16_ARRAY = new ValueType("Int16Array");
  /** Several {@link ValueType.INT32}. */
  public static readonly INT32_ARRAY = new ValueType("Int32Array");
  /** Several {@link ValueType.INT64}. */
  public static readonly INT64_ARRAY = new ValueType("Int64Array");
  /** Several {@link ValueType.FLOAT32}. */
  public static readonly FLOAT32_ARRAY = new ValueType("Float32Array");
  /** Several {@link ValueType.FLOAT64}. */
  public static readonly FLOAT64_ARRAY = new ValueType("Float64Array");
  /** A map, as JSON has it. */
  public static readonly OBJECT = new ValueType("Object");
  /** Several {@link ValueType.OBJECT}. */
  public static readonly OBJECT_ARRAY = new ValueType("ObjectArray");

  /** Every type that EdgeX has. */
  public static readonly ALL: readonly ValueType[] = Object.values(ValueType).filter((value) => value instanceof ValueType);

  /**
   * The type of a name, in any case, as EdgeX takes it.
   *
   * @param name such as `Float32`
   * @param path name of the input for the error
   * @throws {MecError} MEC1485 for what is no type of EdgeX
   */
  public static of(name: string, path: string = "ValueType.of"): ValueType {
    const known = ValueType.ALL.find((type) => type.name.toLowerCase() === String(name).toLowerCase());
    if (known === undefined) {
      throw new MecError(
        "MEC1485",
        path,
        `${got(name)}: EdgeX has no such value type, so write one of ${ValueType.ALL.map((type) => type.name).join(", ")}`,
      );
    }
    return known;
  }

  private constructor(
    /** Its name in EdgeX, such as `Float32`. */
    public readonly name: string,
  ) {}

  /** Whether it is one whole number. */
  public get isInteger(): boolean {
    return /^U?int\d+$/i.test(this.name);
  }

  /** Whether it is one number: what a minimum, a scale or a threshold is for. */
  public get isNumeric(): boolean {
    return this.isInteger || /^Float\d+$/.test(this.name);
  }

  /** Least and greatest number it holds; undefined for what is not one whole number. */
  public get range(): { readonly minimum: number; readonly maximum: number } | undefined {
    const [, sign, bits] = /^(Uint|Int)(\d+)$/.exec(this.name) ?? [];
    if (bits === undefined) {
      return undefined;
    }
    const values = 2 ** Number(bits);
    return sign === "Uint" ? { minimum: 0, maximum: values - 1 } : { minimum: -values / 2, maximum: values / 2 - 1 };
  }

  /** Its name. */
  public toString(): string {
    return this.name;
  }
}
