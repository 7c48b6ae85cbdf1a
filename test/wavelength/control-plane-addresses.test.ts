import { Token } from "cdktf";
import fc from "fast-check";
import { Cidr } from "../../lib/wavelength/cidr";
import { ControlPlaneAllocator } from "../../lib/wavelength/control-plane-addresses";

const SUBNET = "10.0.0.0/17";
const own = (cidr = SUBNET) => new ControlPlaneAllocator(cidr, true);
const foreign = (cidr = SUBNET) => new ControlPlaneAllocator(cidr, false);

test("the first cluster has 10.0.0.16 to 20, and keeps them when a second one comes", () => {
  const allocator = own();
  expect(allocator.allocate("a")).toEqual({
    addresses: ["10.0.0.16", "10.0.0.17", "10.0.0.18", "10.0.0.19", "10.0.0.20"],
    block: "10.0.0.16/29",
  });
  expect(allocator.allocate("b").block).toBe("10.0.0.24/29");
});

test("a block that is written down stays when another cluster is taken away", () => {
  const both = own();
  both.allocate("a", { addressBlock: 0 });
  expect(both.allocate("b", { addressBlock: 1 }).block).toBe(own().allocate("b", { addressBlock: 1 }).block);
});

test("the next free block leaves those out that are taken", () => {
  const allocator = own();
  allocator.allocate("a", { addressBlock: 0 });
  allocator.allocate("b", { privateIps: ["10.0.0.25"] });
  expect(allocator.allocate("c").block).toBe("10.0.0.32/29");
});

test("blocks are aligned, in the subnet, clear of AWS's addresses, and nobody gets an address twice", () => {
  const request = fc.oneof(fc.constant({}), fc.record({ addressBlock: fc.integer({ min: 0, max: 40 }) }));
  fc.assert(
    fc.property(fc.integer({ min: 17, max: 28 }), fc.array(request, { maxLength: 20 }), (prefix, requests) => {
      const subnet = Cidr.parse("p", `10.0.0.0/${prefix}`);
      const allocator = own(`${subnet}`);
      const seen = new Set<string>();
      requests.forEach((wanted, index) => {
        let allocated;
        try {
          allocated = allocator.allocate(`cluster-${index}`, wanted);
        } catch (error) {
          expect((error as Error).message).toMatch(/MEC1006|MEC1018.*has this address/);
          return;
        }
        expect(subnet.contains(Cidr.parse("p", allocated.block!))).toBe(true);
        for (const address of allocated.addresses) {
          expect(subnet.offsetOf(address)).toBeGreaterThan(3);
          expect(subnet.offsetOf(address)).toBeLessThan(subnet.size - 1);
          expect(seen.has(address)).toBe(false);
          seen.add(address);
        }
      });
    }),
  );
});

test("refuses one more than there is room for, with what is needed and what is available", () => {
  const allocator = own("10.0.0.0/27");
  allocator.allocate("a");
  expect(() => allocator.allocate("b")).toThrow(
    /MEC1006.*33 addresses are needed .* and 32 are available, room for 1 control planes, so write a larger network, a \/26/,
  );
  expect(() => own("10.0.0.0/28").allocate("a")).toThrow(/MEC1006.*25 addresses are needed.* and 16 are available/);
});

test("in a subnet of somebody else's, addresses must be given", () => {
  expect(() => foreign().allocate("a")).toThrow(/\[MEC1018\] a: got neither .* so write controlPlane\.privateIps/);
  expect(foreign().allocate("a", { privateIps: ["10.0.0.9"] })).toEqual({ addresses: ["10.0.0.9"] });
  expect(foreign().allocate("a", { addressBlock: 2 }).block).toBe("10.0.0.32/29");
});

test("the network of a subnet may be known at the apply alone: then a block is refused", () => {
  const token = Token.asString({ resolve: () => SUBNET, creationStack: [] });
  expect(foreign(token).allocate("a", { privateIps: ["10.0.0.9"] }).addresses).toEqual(["10.0.0.9"]);
  expect(() => foreign(token).allocate("a", { addressBlock: 0 })).toThrow(/MEC1018.*not known at synth/);
});

test.each([
  [{ privateIps: [] }, /one to five different addresses/],
  [{ privateIps: ["10.0.0.9", "10.0.0.9"] }, /one to five different addresses/],
  [{ privateIps: Array.from({ length: 6 }, (_, index) => `10.0.0.${index + 9}`) }, /one to five different addresses/],
  [{ privateIps: ["10.0.0.3"] }, /32763 usable addresses, 10\.0\.0\.4 to 10\.0\.127\.254/],
  [{ privateIps: ["10.0.128.1"] }, /so write one of these/],
  [{ privateIps: ["node-0"] }, /an IPv4 address that is known at synth/],
  [{ addressBlock: 1.5 }, /numbered from 0/],
  [{ addressBlock: -1 }, /numbered from 0/],
  [{ addressBlock: 0, privateIps: ["10.0.0.9"] }, /write one of both/],
])("refuses %j", (request, message) => {
  expect(() => own().allocate("p", request)).toThrow(message);
  expect(() => own().allocate("p", request)).toThrow(/MEC1018/);
});

test("refuses an address that another cluster has, and names it", () => {
  const allocator = own();
  allocator.allocate("stack/One");
  expect(() => allocator.allocate("stack/Two", { privateIps: ["10.0.0.17"] })).toThrow(
    /\[MEC1018\] stack\/Two: got "10\.0\.0\.17".*stack\/One has this address/,
  );
});
