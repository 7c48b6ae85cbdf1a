import { Duration, Size } from "../lib";

test("units convert", () => {
  expect(Size.gibibytes(2).toMebibytes()).toBe(2048);
  expect(Size.mebibytes(512).toGibibytes()).toBe(0.5);
  expect(Duration.minutes(1.5).toSeconds()).toBe(90);
  expect(Duration.seconds(90).toMinutes()).toBe(1.5);
  expect(Duration.hours(36).toDays()).toBe(1.5);
  expect(Duration.days(2).toSeconds()).toBe(172_800);
});

test.each([0, -1, NaN, Infinity])("refuses %d", (amount) => {
  expect(() => Size.gibibytes(amount)).toThrow(/MEC1008/);
  expect(() => Duration.seconds(amount)).toThrow(/MEC1008/);
});
