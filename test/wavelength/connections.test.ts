import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Token, type TerraformStack } from "cdktf";
import fc from "fast-check";
import { Connections, Peer, Port, WavelengthZone } from "../../lib";
import { resource, resources, synthStack, warnings } from "../support/synth";

const token = () => Token.asString({ resolve: () => "sg-0123456789abcdef0", creationStack: [] });

function connections(stack: TerraformStack, name = "boston", zone = WavelengthZone.US_EAST_1_WL1_BOS): Connections {
  const group = new SecurityGroup(stack, `${name}-group`, {});
  const guardedPorts = { "the Kubernetes API": Port.tcp(16443) };
  return new Connections(stack, name, { name, securityGroupId: group.id, zone, guardedPorts });
}
const synth = (use: (connections: Connections) => void, zone?: WavelengthZone) =>
  synthStack((stack) => use(connections(stack, "boston", zone)), (zone ?? WavelengthZone.US_EAST_1_WL1_BOS).parentRegion);
const rules = (json: ReturnType<typeof synth>) => resources(json, "aws_vpc_security_group_ingress_rule");

test("devices of the carrier reach the port that is named, and no other", () => {
  const json = synth((to) => void to.allowFromCarrier(Port.tcp(443), "edge clients"));
  expect(rules(json)).toEqual([
    expect.objectContaining({ cidr_ipv4: "0.0.0.0/0", ip_protocol: "tcp", from_port: 443, to_port: 443, description: "edge clients" }),
  ]);
  expect(warnings(json)).toEqual([]);
});

test("where the internet reaches carrier IPs too, that is said; the carrier's own networks need no warning", () => {
  const open = synth((to) => void to.allowFromCarrier(Port.tcp(443)), WavelengthZone.EU_WEST_3_CMN);
  expect(warnings(open)).toEqual([
    expect.stringMatching(/\[MEC1905\] stack\/boston: got tcp-443 for everybody: .*eu-west-3-cmn-wlz-1a.*Peer\.carrier\(\[/),
  ]);
  const everything = synth((to) => void to.allowFrom(Peer.anywhere(), Port.tcpRange(20_000, 21_000)), WavelengthZone.EU_WEST_3_CMN);
  expect(warnings(everything)).toHaveLength(1);
  const closed = synth((to) => void to.allowFrom(Peer.carrier(["100.70.0.0/16"]), Port.tcp(443)), WavelengthZone.EU_WEST_3_CMN);
  expect(warnings(closed)).toEqual([]);
  expect(rules(closed)).toEqual([expect.objectContaining({ cidr_ipv4: "100.70.0.0/16" })]);
});

test("administrators come from networks that are named", () => {
  const json = synth((to) => void to.allowFromAdmin(["203.0.113.7/32", "198.51.100.0/24"], Port.tcp(16443)));
  expect(rules(json).map(({ cidr_ipv4 }) => cidr_ipv4)).toEqual(["198.51.100.0/24", "203.0.113.7/32"]);
});

test("another cluster comes by its security group", () => {
  const json = synthStack(
    (stack) => void connections(stack).allowFromCluster({ connections: connections(stack, "chicago") }, Port.tcp(9090)),
  );
  expect(resource(json, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    referenced_security_group_id: expect.stringContaining("chicago-group"),
    from_port: 9090,
  });
});

test("a rule's address comes from peer and port: the order moves nothing, and twice is once", () => {
  const asked: [Peer, Port][] = [
    [Peer.cidr("192.168.0.0/24"), Port.tcp(80)],
    [Peer.cidr("192.168.0.0/24"), Port.udp(80)],
    [Peer.securityGroup(token(), "monitoring"), Port.tcpRange(9000, 9100)],
    [Peer.carrier(), Port.tcp(443)],
  ];
  const addresses = (order: readonly [Peer, Port][]) =>
    Object.keys(
      synth((to) => order.forEach(([peer, port]) => to.allowFrom(peer, port))).resource.aws_vpc_security_group_ingress_rule,
    ).sort();
  const expected = addresses(asked);
  expect(expected).toHaveLength(4);
  fc.assert(
    fc.property(fc.shuffledSubarray([...asked, ...asked], { minLength: 8, maxLength: 8 }), (order) => {
      expect(addresses(order)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

describe("refuses", () => {
  test.each([Port.tcp(16443), Port.tcpRange(16000, 17000)])("everybody at the Kubernetes API: %s", (port) => {
    expect(() => synth((to) => void to.allowFromCarrier(port))).toThrow(
      /\[MEC1021\] stack\/boston: .*tcp-16443 is for the Kubernetes API and never open to all/,
    );
    expect(() => synth((to) => void to.allowFrom(Peer.cidr("0.0.0.0/0"), port))).toThrow(/MEC1021/);
  });

  test("another protocol at the same number is another port", () => {
    expect(() => synth((to) => void to.allowFromCarrier(Port.udp(16443)))).not.toThrow();
  });

  test.each([[["0.0.0.0/0"]], [["0.0.0.0/1", "128.0.0.0/1"]], [["64.0.0.0/4"]], [[]], [["203.0.113.7/32", "0.0.0.0/0"]]])(
    "%j as administrators",
    (cidrs) => {
      expect(() => Peer.admin(cidrs)).toThrow(/\[MEC1021\] Peer\.admin.*"203\.0\.113\.7\/32"/);
    },
  );

  test("a second peer of one name, which would be dropped silently", () => {
    const [one, two] = [token(), Token.asString({ resolve: () => "sg-9", creationStack: [] })];
    expect(() =>
      synth((to) => {
        to.allowFrom(Peer.securityGroup(one, "monitoring"), Port.tcp(80));
        to.allowFrom(Peer.securityGroup(two, "monitoring"), Port.tcp(80));
      }),
    ).toThrow(/\[MEC1029\] stack\/boston: got "monitoring" as name of a peer: .*Peer\.securityGroup\(…, "another-name"\)/);
  });

  test.each(["players' phones", "“quoted”", "x".repeat(256)])("the description %j", (description) => {
    expect(() => synth((to) => void to.allowFromCarrier(Port.tcp(443), description))).toThrow(
      /\[MEC1034\] stack\/boston: got .*"edge clients"/,
    );
  });

  test("what is no security group", () => {
    expect(() => Peer.securityGroup("web-sg")).toThrow(/\[MEC1014\] Peer\.securityGroup: got "web-sg"/);
  });

  test("a carrier without networks", () => {
    expect(() => Peer.carrier([])).toThrow(/\[MEC1021\] Peer\.carrier: got \[\]: nobody would be let in/);
  });

  test("what is no network", () => {
    expect(() => Peer.cidr("203.0.113.7")).toThrow(/\[MEC1003\] Peer\.cidr/);
    expect(() => Peer.carrier(["fd00::/8"])).toThrow(/\[MEC1003\] Peer\.carrier/);
  });

  test("a peer that only the apply knows and that has no name", () => {
    expect(() => Peer.securityGroup(token())).toThrow(/\[MEC1027\] Peer\.securityGroup.*"monitoring"/);
    expect(() => Peer.cidr(token())).toThrow(/MEC1027/);
    expect(() => Peer.cidr(token(), "office")).not.toThrow();
  });

  test.each([-1, 65_536, 1.5, NaN])("the port %d", (port) => {
    expect(() => Port.tcp(port)).toThrow(/\[MEC1020\] Port\.tcp: got .*from 0 to 65535.*Port\.tcp\(443\)/);
    expect(() => Port.udp(port)).toThrow(/MEC1020/);
  });

  test("a range that goes downwards", () => {
    expect(() => Port.tcpRange(200, 100)).toThrow(/MEC1020.*got \[200,100\].*Port\.tcpRange\(30000, 32767\)/);
    expect(() => Port.udpRange(0, 70_000)).toThrow(/MEC1020/);
  });
});

test("one network under two names is one rule, since AWS takes no rule twice", () => {
  const json = synth((to) => {
    to.allowFrom(Peer.cidr("192.168.0.0/24"), Port.tcp(80));
    to.allowFrom(Peer.cidr("192.168.0.0/24", "office"), Port.tcp(80));
  });
  expect(rules(json)).toHaveLength(1);
});

test("ports overlap when they share a number of one protocol", () => {
  const port = fc.record({ from: fc.nat({ max: 100 }), length: fc.nat({ max: 20 }) });
  fc.assert(
    fc.property(port, port, (a, b) => {
      const numbers = ({ from, length }: typeof a) => Array.from({ length: length + 1 }, (_, index) => from + index);
      const shared = numbers(a).some((number) => numbers(b).includes(number));
      expect(Port.tcpRange(a.from, a.from + a.length).overlaps(Port.tcpRange(b.from, b.from + b.length))).toBe(shared);
      expect(Port.tcpRange(a.from, a.from + a.length).overlaps(Port.udpRange(b.from, b.from + b.length))).toBe(false);
    }),
  );
});

test("all traffic is a rule without ports, and never for everybody where a port is guarded", () => {
  const json = synth((to) => {
    to.allowTo(Peer.cidr("10.0.0.0/16"), Port.allTraffic());
    to.allowTo(Peer.cidr("10.0.0.0/16"), Port.allTraffic());
  });
  const rule = resource(json, "aws_vpc_security_group_egress_rule");
  expect(rule).toMatchObject({ cidr_ipv4: "10.0.0.0/16", ip_protocol: "-1" });
  expect(rule).not.toHaveProperty("from_port");
  expect(() => synth((to) => void to.allowFrom(Peer.anywhere(), Port.allTraffic()))).toThrow(/MEC1021/);
});

test("ICMP rules carry type and code", () => {
  const json = synth((to) => {
    to.allowFrom(Peer.cidr("10.0.0.0/16"), Port.icmpFragmentationNeeded());
    to.allowFrom(Peer.cidr("10.0.0.0/16"), Port.icmpPing());
  });
  expect(rules(json).map(({ ip_protocol, from_port, to_port }) => [ip_protocol, from_port, to_port])).toEqual([
    ["icmp", 3, 4],
    ["icmp", 8, -1],
  ]);
});
