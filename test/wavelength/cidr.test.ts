import { Token } from "cdktf";
import { Cidr, assertCidr, vpcNetwork } from "../../lib/wavelength/cidr";

test.each([
  "10.0.0.0",
  "10.0.0.1/16",
  "10.0.0.0/33",
  "10.0.0/16",
  "fd00::/48",
  "everything",
  "",
  "10.0.0.0/16 ",
  "0.0.0.0/00",
  "10.0.0.0/08",
])("refuses %j", (cidr) => {
  expect(() => Cidr.parse("p", cidr)).toThrow(/\[MEC1003\] p: got .*"10\.0\.0\.0\/16"/);
  expect(() => assertCidr("p", cidr)).toThrow(/MEC1003/);
});

test("a token is refused where addresses are planned, and passes where only the form is checked", () => {
  const token = Token.asString({ resolve: () => "10.0.0.0/16", creationStack: [] });
  expect(() => Cidr.parse("p", token)).toThrow(/MEC1024.*planned at synth/);
  expect(() => assertCidr("p", token)).not.toThrow();
});

test.each(["10.0.0.0/15", "10.0.0.0/8", "10.0.0.0/29", "10.0.0.0/32"])("refuses %s as a VPC for its size", (cidr) => {
  expect(() => vpcNetwork("p", cidr)).toThrow(/MEC1004.*\/16 \(65,536 addresses\) to \/28 \(16\)/);
});

test.each(["10.0.0.0/16", "172.16.0.0/20", "192.168.4.0/24", "100.64.0.0/28"])("takes %s as a VPC", (cidr) => {
  expect(`${vpcNetwork("p", cidr)}`).toBe(cidr);
});

test.each(["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "255.255.0.0/16", "0.0.0.0/16"])(
  "refuses %s as a VPC: it is reserved",
  (cidr) => {
    expect(() => vpcNetwork("p", cidr)).toThrow(/MEC1025.*reserved/);
  },
);

test("AWS keeps five addresses of each subnet", () => {
  expect(Cidr.parse("p", "10.0.0.0/28").usable).toBe(11);
  expect(Cidr.parse("p", "10.0.0.0/30").usable).toBe(0);
});
