import fc from "fast-check";
import { IpAddresses } from "../../lib";
import { smallestNetwork, SUBNET_NAMES, type SubnetRole } from "../../lib/wavelength/address-plan";
import { Cidr } from "../../lib/wavelength/cidr";

const ROLES = Object.keys(SUBNET_NAMES) as SubnetRole[];

/** Networks that a VPC can have, /16 to /28. */
const networks = fc.record({ prefix: fc.integer({ min: 16, max: 28 }), index: fc.nat() }).map(({ prefix, index }) => {
  const parent = Cidr.parse("p", "10.0.0.0/8");
  return `${parent.part(prefix, index % 2 ** (prefix - 8))}`;
});

/** The plan of a network: each subnet, or the error it is refused with. */
function plan(cidr: string): Map<SubnetRole, Cidr | Error> {
  const addresses = IpAddresses.cidr(cidr);
  return new Map<SubnetRole, Cidr | Error>(
    ROLES.map((role) => {
      try {
        return [role, addresses.subnet("p", role)] as const;
      } catch (error) {
        return [role, error as Error] as const;
      }
    }),
  );
}

test("a /16 is cut into a half, a quarter and two eighths", () => {
  expect(ROLES.map((role) => `${role} ${plan("10.0.0.0/16").get(role)}`)).toEqual([
    "carrier 10.0.0.0/17",
    "private 10.0.128.0/18",
    "parentPublic 10.0.192.0/19",
    "parentPrivate 10.0.224.0/19",
  ]);
});

test("subnets are inside the network, disjoint, and of a size that AWS takes; what has no room is refused with the numbers", () => {
  fc.assert(
    fc.property(networks, (cidr) => {
      const whole = Cidr.parse("p", cidr);
      const made: Cidr[] = [];
      for (const [role, subnet] of plan(cidr)) {
        if (subnet instanceof Error) {
          expect(whole.prefix).toBeGreaterThan(smallestNetwork([role]));
          expect(subnet.message).toMatch(
            new RegExp(`MEC1017.*needs 16 addresses.* and \\d+ are available.*write a /${smallestNetwork([role])} or larger`),
          );
          continue;
        }
        expect(whole.contains(subnet)).toBe(true);
        expect(subnet.prefix).toBeGreaterThanOrEqual(16);
        expect(subnet.prefix).toBeLessThanOrEqual(28);
        expect(made.filter((other) => other.overlaps(subnet))).toEqual([]);
        made.push(subnet);
      }
    }),
  );
});

test("a subnet has the same network whichever others are asked for, in whatever order", () => {
  fc.assert(
    fc.property(networks, fc.shuffledSubarray(ROLES, { minLength: 1 }), (cidr, roles) => {
      const addresses = IpAddresses.cidr(cidr);
      const alone = plan(cidr);
      for (const role of roles) {
        const expected = alone.get(role)!;
        if (expected instanceof Error) {
          expect(() => addresses.subnet("p", role)).toThrow(expected.message);
        } else {
          expect(`${addresses.subnet("p", role)}`).toBe(`${expected}`);
        }
      }
    }),
  );
});

test("the least network for what is asked for holds it, and the next smaller one does not", () => {
  for (const role of ROLES) {
    const least = smallestNetwork([role]);
    expect(plan(`10.0.0.0/${least}`).get(role)).toBeInstanceOf(Cidr);
    if (least < 28) {
      expect(plan(`10.0.0.0/${least + 1}`).get(role)).toBeInstanceOf(Error);
    }
  }
  expect(smallestNetwork(ROLES)).toBe(25);
});

describe("networks of one's own choice", () => {
  const networksOf = { cidr: "10.9.0.0/16", carrier: "10.9.0.0/24", parentPublic: "10.9.255.240/28" };

  test("are taken as they are", () => {
    expect(`${IpAddresses.subnets(networksOf).subnet("p", "parentPublic")}`).toBe("10.9.255.240/28");
  });

  test("are refused outside the network, and where they overlap", () => {
    expect(() => IpAddresses.subnets({ ...networksOf, private: "10.8.0.0/24" }).check("p")).toThrow(/MEC1015.*not inside 10\.9\.0\.0\/16/);
    expect(() => IpAddresses.subnets({ ...networksOf, private: "10.9.0.128/25" }).check("p")).toThrow(
      /MEC1015.*overlaps 10\.9\.0\.0\/24, the carrier-routed Wavelength subnet/,
    );
    expect(() => IpAddresses.subnets({ ...networksOf, private: "10.9.1.0/29" }).check("p")).toThrow(/MEC1004/);
  });

  test("one that something needs must be there", () => {
    expect(() => IpAddresses.subnets(networksOf).subnet("p", "private")).toThrow(/MEC1017.*write private in IpAddresses\.subnets/);
  });
});
