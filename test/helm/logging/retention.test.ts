import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, Size } from "../../../lib";
import { checkedLogRetention } from "../../../lib/helm/logging/retention";

const check = (volume: Size, dailyLimit?: Size, retention = Duration.days(3)) =>
  checkedLogRetention("stack/Loki", { retention, dailyLimit, volume });

describe("retention of logs", () => {
  test("lets as much come in a day as the volume holds, unless somebody says otherwise", () => {
    expect(check(Size.gibibytes(5))).toEqual({ period: "72h", dailyMebibytes: 1076, rateMebibytes: 1076 / 86_400, burstMebibytes: 44 });
    expect(check(Size.gibibytes(5), Size.mebibytes(500.9), Duration.hours(36))).toMatchObject({ period: "36h", dailyMebibytes: 500 });
  });

  test("of more than the volume holds is refused with the numbers and the way out", () => {
    expect(() => check(Size.gibibytes(5), Size.gibibytes(2))).toThrow(
      "[MEC1520] stack/Loki: got 2 GiB a day as dailyLimit in a volume of 5 GiB, for lines that are kept for 3 days: Loki deletes by age alone, so 4 days of them, and an hour's at once, are at most 85 % of it, so write at most 1076 MiB a day, a shorter retention, or a volume of at least 9739 MiB",
    );
    expect(() => check(Size.gibibytes(1), Size.gibibytes(1), Duration.days(30))).toThrow(
      /MEC1520.*got 1 GiB a day.*volume of 1 GiB.*so write a shorter retention, or a volume of at least/,
    );
  });

  test("of so little that a collector's requests would be refused is refused", () => {
    expect(() => check(Size.gibibytes(5), Size.mebibytes(100))).toThrow(
      /MEC1520.*got 100 MiB as dailyLimit.*write at least Size\.mebibytes\(192\)/,
    );
    expect(() => check(Size.gibibytes(5), undefined, Duration.days(30))).toThrow(
      /MEC1520.*got 5 GiB as volume for lines that are kept for 30 days: less than 192 MiB.*write a volume of at least 7012 MiB, or a shorter retention/,
    );
    expect(check(Size.mebibytes(7012), undefined, Duration.days(30)).burstMebibytes).toBe(8);
  });

  test.each<[Duration, RegExp]>([
    [Duration.hours(23), /MEC1521.*got 23 hours as retention.*Duration\.days\(1\)/],
    [Duration.minutes(90), /MEC1521.*got 1\.5 hours/],
    [Duration.hours(36.5), /MEC1521.*got 36\.5 hours as retention.*Duration\.days\(2\)/],
  ])("below a day or not in whole hours is refused", (retention, message) => {
    expect(() => check(Size.gibibytes(5), undefined, retention)).toThrow(message);
  });

  test("is what the documentation says", () => {
    const text = readFileSync(join(__dirname, "../../../docs/logging.md"), "utf8");
    const rows = [...text.matchAll(/^\| (\d+) days +\| (\d+) GiB.*\| (\d+) MiB +\|$/gm)].map((row) => row.slice(1).map(Number));
    expect(rows).toHaveLength(4);
    for (const [days, volume, daily] of rows) {
      expect(check(Size.gibibytes(volume!), undefined, Duration.days(days!)).dailyMebibytes).toBe(daily);
    }
  });

  const volumes = fc.double({ min: 0.1, max: 1000, noNaN: true }).map((size) => Size.gibibytes(size));
  const days = fc.integer({ min: 24, max: 24 * 60 }).map((hours) => Duration.hours(hours));
  const limits = fc.option(
    fc.double({ min: 0.01, max: 200, noNaN: true }).map((size) => Size.gibibytes(size)),
    { nil: undefined },
  );

  test("never lets more come than the volume holds, whatever comes when", () => {
    let taken = 0;
    fc.assert(
      fc.property(volumes, limits, days, (volume, limit, retention) => {
        let kept;
        try {
          kept = check(volume, limit, retention);
        } catch (error) {
          expect((error as Error).message).toContain("[MEC1520]");
          return;
        }
        taken += 1;
        // What a bucket of tokens lets through in a day more than is kept: the burst, and the rate for all that time.
        const most = kept.burstMebibytes + kept.rateMebibytes * (retention.toSeconds() + 86_400);
        expect(most).toBeLessThanOrEqual(volume.toMebibytes() * 0.85 + 1e-6);
        expect(kept.burstMebibytes).toBeGreaterThanOrEqual(8);
        expect(kept.dailyMebibytes).toBeLessThanOrEqual(limit?.toMebibytes() ?? Infinity);
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test("is taken as the error says to write it", () => {
    const units = { GiB: Size.gibibytes, MiB: Size.mebibytes };
    const size = (text: string, before: RegExp) => {
      const [, count, unit] = new RegExp(`${before.source} ([\\d.]+) (GiB|MiB)`).exec(text) ?? [];
      return count === undefined ? undefined : units[unit as keyof typeof units](Number(count));
    };
    let refused = 0;
    fc.assert(
      fc.property(volumes, limits, days, (volume, limit, retention) => {
        let text = "";
        try {
          check(volume, limit, retention);
        } catch (error) {
          text = (error as Error).message;
        }
        const larger = size(text, /a volume of at least/);
        const less = size(text, /at most(?= [\d.]+ .iB a day)/);
        if (larger !== undefined) {
          refused += 1;
          expect(() => check(larger, limit, retention)).not.toThrow();
        }
        if (less !== undefined) {
          expect(() => check(volume, less, retention)).not.toThrow();
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(20);
  });
});
