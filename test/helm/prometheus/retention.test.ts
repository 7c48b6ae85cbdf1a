import fc from "fast-check";
import { Duration, Size } from "../../../lib";
import { checkedRetention, durationText } from "../../../lib/helm/prometheus/retention";

const check = (volume: Size, retentionSize?: Size, retention = Duration.days(3)) =>
  checkedRetention("stack/Prometheus", { retention, retentionSize, volume });

describe("retention", () => {
  test("is four fifths of the volume unless somebody says otherwise", () => {
    expect(check(Size.gibibytes(5))).toEqual({ time: "3d", size: "4096MiB", volumeBytes: 5_368_709_120 });
  });

  test("above 85 % of the volume is refused with the numbers and the way out", () => {
    expect(check(Size.gibibytes(20), Size.gibibytes(17)).size).toBe("17408MiB");
    expect(() => check(Size.gibibytes(20), Size.gibibytes(17.01))).toThrow(
      "[MEC1430] stack/Prometheus: got 17418 MiB as retentionSize in a volume of 20 GiB: Prometheus needs room for its log and for merging, and keeps at most 85 % of it, here 17 GiB, so write that or less, or a volume of at least 20492 MiB",
    );
    expect(() => check(Size.gibibytes(5), Size.gibibytes(10))).toThrow(/MEC1430.*got 10 GiB.*volume of 5 GiB.*at least 12048 MiB/);
  });

  test("of nothing is refused, which Prometheus would take for no limit", () => {
    expect(() => check(Size.gibibytes(5), Size.mebibytes(0.5))).toThrow(/MEC1430.*got 0\.5 MiB as retentionSize.*no limit/);
    expect(() => check(Size.mebibytes(1))).toThrow(/MEC1430/);
  });

  test("of less than a block is refused", () => {
    expect(check(Size.gibibytes(5), undefined, Duration.hours(2)).time).toBe("2h");
    expect(() => check(Size.gibibytes(5), undefined, Duration.minutes(119))).toThrow(
      /MEC1431.*got 7140 seconds as retention.*blocks of 2 hours, so write at least Duration\.hours\(2\)/,
    );
  });

  test("is taken as the error says to write it", () => {
    const units = { GiB: Size.gibibytes, MiB: Size.mebibytes };
    const sizesIn = (text: string) =>
      [...text.matchAll(/(?:here|at least) ([\d.]+) (GiB|MiB)/g)].map(([, count, unit]) =>
        units[unit as keyof typeof units](Number(count)),
      );
    const sizes = fc.oneof(
      fc.double({ min: 2, max: 1e6, noNaN: true }).map((size) => Size.mebibytes(size)),
      fc.integer({ min: 1, max: 100_000 }).map((size) => Size.gibibytes(size / 100)),
    );
    let refused = 0;
    fc.assert(
      fc.property(sizes, sizes, (volume, size) => {
        let text = "";
        try {
          check(volume, size);
        } catch (error) {
          text = (error as Error).message;
        }
        if (text === "") {
          return;
        }
        refused += 1;
        const [most, larger, ...others] = sizesIn(text);
        expect(others).toEqual([]);
        expect(() => check(volume, most)).not.toThrow();
        expect(() => check(larger!, size)).not.toThrow();
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(20);
    expect(() => check(Size.mebibytes(2), Size.mebibytes(1))).not.toThrow();
  });

  test("never fills the volume, whatever sizes there are", () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 1e6, noNaN: true }), fc.double({ min: 0.001, max: 2, noNaN: true }), (mebibytes, part) => {
        const volume = Size.mebibytes(mebibytes);
        const size = Size.mebibytes(mebibytes * part);
        let kept: string;
        try {
          kept = check(volume, size).size;
        } catch (error) {
          expect((error as Error).message).toContain("[MEC1430]");
          expect(part > 0.8499 || size.toMebibytes() < 1).toBe(true);
          return;
        }
        const written = /^([1-9]\d*)MiB$/.exec(kept);
        expect(written).not.toBeNull();
        expect(Number(written![1])).toBeLessThanOrEqual(mebibytes * 0.85 + 1e-7);
        expect(Number(written![1])).toBeGreaterThan(size.toMebibytes() - 1);
      }),
    );
  });
});

describe("a time", () => {
  test.each<[Duration, string]>([
    [Duration.days(15), "15d"],
    [Duration.hours(48), "2d"],
    [Duration.hours(36), "36h"],
    [Duration.minutes(90), "90m"],
    [Duration.seconds(60), "1m"],
    [Duration.seconds(30), "30s"],
    [Duration.seconds(0.2), "1s"],
    [Duration.days(0.5), "12h"],
  ])("is written in its largest unit", (duration, text) => {
    expect(durationText(duration)).toBe(text);
  });

  test("is the same in Prometheus, rounded up to a second", () => {
    const units = { d: 86_400, h: 3600, m: 60, s: 1 } as const;
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e7, noNaN: true }), (seconds) => {
        const [, count, unit] = /^(\d+)([dhms])$/.exec(durationText(Duration.seconds(seconds)))!;
        expect(Number(count) * units[unit as keyof typeof units]).toBe(Math.ceil(seconds));
      }),
    );
  });
});
