import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { isListToken } from "../tokens";

/** Names that microk8s puts into the certificate itself (https://github.com/canonical/microk8s-cluster-agent/blob/main/pkg/util/csr.go). */
const ALREADY = [
  "127.0.0.1",
  "10.152.183.1",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster",
  "kubernetes.default.svc.cluster.local",
];

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

/** A host name in lowercase; a first label of `*` stands for any one, which both openssl and Go take. */
const DNS_NAME = new RegExp(`^(?:\\*\\.${LABEL}\\.)?${LABEL}(?:\\.${LABEL})*$`);

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Longest host name (https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4). */
const MAX_LENGTH = 253;

/**
 * Refuses names that a certificate cannot have, or that nobody could reach the API server by. microk8s itself takes any text for a name
 * that is no address.
 *
 * @param path construct path for the error
 * @param names what a person wrote; tokens are not looked into
 * @param addresses addresses that the certificate has already
 * @throws {MecError} MEC1148 for what is neither a DNS name nor an IPv4 address, MEC1149 for one that is there twice
 */
export function assertSubjectNames(path: string, names: readonly string[], addresses: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    if (isListToken(name)) {
      throw new MecError(
        "MEC1148",
        path,
        "got a list that only the apply knows as one of extraSans: each is one name, so write them one by one",
      );
    }
    if (Token.isUnresolved(name)) {
      continue;
    }
    // Digits and dots alone are an address, or none: no top-level domain is a number.
    const valid = /^[\d.]+$/.test(name) ? IPV4.test(name) && !/(?:^|\.)0\d/.test(name) : DNS_NAME.test(name) && name.length <= MAX_LENGTH;
    if (!valid) {
      throw new MecError(
        "MEC1148",
        path,
        `${got(name)} in extraSans: it is a DNS name in lowercase, without scheme, port and dot at its end, "*" only as the first of three labels at least, or an IPv4 address, so write for example "api.example.com"`,
      );
    }
    if (names.indexOf(name) !== index) {
      throw new MecError("MEC1149", path, `${got(name)} twice in extraSans: a certificate has it once, so write it once`);
    }
    if (ALREADY.includes(name) || addresses.includes(name)) {
      throw new MecError("MEC1149", path, `${got(name)} in extraSans: the certificate has it already, so leave it out`);
    }
  }
}
