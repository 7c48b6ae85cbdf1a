import { WITH_SERVICES, describeReleases } from "./support/releases";

test("each profile is tried with each device service", () => {
  expect(WITH_SERVICES).toHaveLength(18);
});

describeReleases(WITH_SERVICES);
