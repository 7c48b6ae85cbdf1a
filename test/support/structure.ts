import { Cidr } from "../../lib/wavelength/cidr";
import { resources, type StackJson } from "./synth";

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

/** Addresses that a stack's blocks refer to and that it does not have. */
export function danglingReferences(json: StackJson): string[] {
  const has = new Set([
    ...Object.entries<any>(json.resource ?? {}).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`)),
    ...Object.entries<any>(json.data ?? {}).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `data.${type}.${name}`)),
  ]);
  const text = JSON.stringify({ ...json.resource, ...json.output, data: json.data });
  const referred = [...text.matchAll(/\$\{[^}]*?((?:data\.)?aws_\w+\.[\w-]+)\.\w+/g)].map(([, address]) => address);
  const depended = [...text.matchAll(/"depends_on":\[([^\]]*)\]/g)].flatMap(([, list]) => JSON.parse(`[${list}]`) as string[]);
  return [...new Set([...referred, ...depended])].filter((address) => !has.has(address));
}

/** What is wrong with the networks of a stack, in words; empty when AWS would take them. */
export function networkComplaints(json: StackJson, vpcCidr: string, others: readonly string[] = []): string[] {
  const complaints: string[] = [];
  const vpc = Cidr.parse("test", vpcCidr);
  const taken = others.map((cidr) => Cidr.parse("test", cidr));
  const subnets = Object.entries<any>(json.resource?.aws_subnet ?? {});
  for (const [name, subnet] of subnets) {
    const cidr = Cidr.parse("test", subnet.cidr_block);
    if (!vpc.contains(cidr)) complaints.push(`${cidr} is not inside ${vpc}`);
    if (taken.some((other) => other.overlaps(cidr))) complaints.push(`${cidr} overlaps another subnet`);
    if (cidr.prefix < 16 || cidr.prefix > 28) complaints.push(`${cidr} has a size that AWS refuses`);
    taken.push(cidr);
    if (Object.keys(subnet).some((key) => /map_public_ip|ipv6/.test(key))) complaints.push(`${name} has IPv6 or public addresses`);
    const associations = resources(json, "aws_route_table_association").filter(
      ({ subnet_id }) => subnet_id === `\${aws_subnet.${name}.id}`,
    );
    if (associations.length !== 1) complaints.push(`${name} has ${associations.length} route tables`);
    const routes = resources(json, "aws_route").filter(({ route_table_id }) => route_table_id === associations[0]?.route_table_id);
    const targets = routes.flatMap((route) => [route.carrier_gateway_id, route.gateway_id, route.nat_gateway_id].filter(Boolean));
    if (routes.length !== 1 || targets.length !== 1)
      complaints.push(`${name} has ${routes.length} default routes to ${targets.length} targets`);
    if (routes[0]?.carrier_gateway_id && !/-wlz-/.test(subnet.availability_zone))
      complaints.push(`${name} has a carrier route outside the zone`);
  }
  return [...complaints, ...danglingReferences(json).map((address) => `${address} is not there`)];
}
