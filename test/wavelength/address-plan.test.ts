import fc from "fast-check";
import { Address4 } from "ip-address";
import { assertCidr, controlPlaneAddresses, wavelengthSubnetCidr } from "../../lib/wavelength/address-plan";

const vpcs = fc
  .record({ prefix: fc.integer({ min: 16, max: 26 }), block: fc.nat() })
  .map(({ prefix, block }) => new Address4(`10.${200 + (block % 50)}.${block % 256}.${(block * 7) % 256}/${prefix}`))
  .map((address) => `${address.startAddress().correctForm()}/${address.subnetMask}`);

const subnetSize = (cidr: string) => 2 ** (32 - Number(cidr.split("/")[1]));

test("the Wavelength subnet is the lower half of the VPC", () => {
  expect(wavelengthSubnetCidr("p", "10.0.0.0/16")).toBe("10.0.0.0/17");
  fc.assert(
    fc.property(vpcs, (vpc) => {
      const subnet = wavelengthSubnetCidr("p", vpc);
      expect(new Address4(subnet).isInSubnet(new Address4(vpc))).toBe(true);
      expect(subnetSize(subnet) * 2).toBe(subnetSize(vpc));
      expect(subnet.split("/")[0]).toBe(vpc.split("/")[0]);
    }),
  );
});

test("control planes are disjoint, aligned to a /29, and clear of the addresses that AWS keeps", () => {
  fc.assert(
    fc.property(vpcs, (vpc) => {
      const subnet = wavelengthSubnetCidr("p", vpc);
      const base = new Address4(subnet).startAddress().bigInt();
      const room = Math.min(40, Math.floor((subnetSize(subnet) - 17) / 8));
      const seen = new Set<string>();
      for (let index = 0; index < room; index++) {
        const addresses = controlPlaneAddresses("p", subnet, index);
        expect(addresses).toHaveLength(5);
        expect(new Address4(addresses[0]).bigInt() % 8n).toBe(0n);
        for (const address of addresses) {
          const offset = Number(new Address4(address).bigInt() - base);
          expect(offset).toBeGreaterThan(3);
          expect(offset).toBeLessThan(subnetSize(subnet) - 1);
          expect(seen.has(address)).toBe(false);
          seen.add(address);
        }
      }
    }),
  );
});

test("a cluster keeps its addresses when others are added", () => {
  expect(controlPlaneAddresses("p", "10.0.0.0/17", 0)).toEqual(["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"]);
  expect(controlPlaneAddresses("p", "10.0.0.0/17", 1)[0]).toBe("10.0.0.24");
});

test("refuses one control plane more than there is room for, and says how many there is room for", () => {
  expect(() => controlPlaneAddresses("p", "10.0.0.0/27", 0)).not.toThrow();
  expect(() => controlPlaneAddresses("p", "10.0.0.0/27", 1)).toThrow(/MEC1006.*room for 1 control plane/);
});

test.each(["10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "fd00::/48", "everything", ""])("refuses %j as a network", (cidr) => {
  expect(() => wavelengthSubnetCidr("p", cidr)).toThrow(/MEC1003/);
  expect(() => assertCidr("p", cidr)).toThrow(/MEC1003.*"10\.0\.0\.0\/16"/);
});

test.each(["10.0.0.0/15", "10.0.0.0/27", "10.0.0.0/8"])("refuses %s for its size", (cidr) => {
  expect(() => wavelengthSubnetCidr("p", cidr)).toThrow(/MEC1004/);
});

test.each([
  ["10.1.0.0/16", "pods"],
  ["10.1.128.0/20", "pods"],
  ["10.152.0.0/16", "services"],
])("refuses %s: overlaps %s", (cidr, name) => {
  expect(() => wavelengthSubnetCidr("p", cidr)).toThrow(new RegExp(`MEC1005.*${name}`));
});
