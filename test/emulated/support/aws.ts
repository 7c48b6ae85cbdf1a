import { request } from "node:https";
import { EMULATED_ACCESS_KEY } from "../../../lib/testing/emulator/environment";

/** A deployer's credential, as a node publishes it. */
export interface Credential {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Headers of a deployer's call: the emulator tells callers apart by their access key, and does not check their signatures. */
function caller(region: string, service: string): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${EMULATED_ACCESS_KEY}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  };
}

/** A call of a service that speaks JSON. */
async function call(endpoint: string, region: string, service: string, target: string, body: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...caller(region, service), "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) {
    throw new Error(`${target}: ${response.status} ${await response.text()}`);
  }
  return response.json();
}

/** Reads a parameter of the emulated AWS, decrypted, as a deployer may. */
export async function readParameter(endpoint: string, region: string, name: string): Promise<unknown> {
  const answer = await call(endpoint, region, "ssm", "AmazonSSM.GetParameter", { Name: name, WithDecryption: true });
  return JSON.parse((answer as { Parameter: { Value: string } }).Parameter.Value);
}

/** Makes a plain parameter, or writes it anew, as a node does. */
export async function putPlain(endpoint: string, region: string, name: string, value: object): Promise<void> {
  const request = { Name: name, Value: JSON.stringify(value), Type: "String", Overwrite: true };
  await call(endpoint, region, "ssm", "AmazonSSM.PutParameter", request);
}

/** Makes an encrypted parameter, as a user does with the AWS CLI. */
export async function putSecret(endpoint: string, region: string, name: string, value: object, keyArn: string): Promise<void> {
  const request = { Name: name, Value: JSON.stringify(value), Type: "SecureString", KeyId: keyArn };
  await call(endpoint, region, "ssm", "AmazonSSM.PutParameter", request);
}

/** Makes a KMS key, as a user does with the AWS CLI; gives its ARN. */
export async function createKey(endpoint: string, region: string): Promise<string> {
  const answer = await call(endpoint, region, "kms", "TrentService.CreateKey", { Description: "of the team" });
  return (answer as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn;
}

/** Calls EC2; the answer is XML. */
async function ec2(endpoint: string, region: string, request: Record<string, string>): Promise<string> {
  return query(endpoint, region, "ec2", { ...request, Version: "2016-11-15" });
}

/** A call of a service that takes a form; the answer is XML. */
async function query(endpoint: string, region: string, service: string, request: Record<string, string>): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: caller(region, service),
    body: new URLSearchParams(request),
    signal: AbortSignal.timeout(10_000),
  });
  return response.text();
}

/** Whether the flow logs of a Region can be delivered: one of SUCCESS and FAILED for each. */
export async function flowLogStatuses(endpoint: string, region: string): Promise<string[]> {
  const answer = await ec2(endpoint, region, { Action: "DescribeFlowLogs" });
  return [...answer.matchAll(/<deliverLogsStatus>(\w+)</g)].map(([, status]) => status!);
}

/** Ids of the instances that a Region's alarms look at, one for each alarm. */
export async function alarmedInstances(endpoint: string, region: string): Promise<string[]> {
  const answer = await query(endpoint, region, "monitoring", { Action: "DescribeAlarms", Version: "2010-08-01" });
  return [...answer.matchAll(/<Name>InstanceId<\/Name>\s*<Value>([^<]+)</g)].map(([, id]) => id!);
}

/** Terminates an instance, as somebody does in the console. */
export async function terminateInstance(endpoint: string, region: string, instanceId: string): Promise<void> {
  const answer = await ec2(endpoint, region, { Action: "TerminateInstances", "InstanceId.1": instanceId });
  if (!answer.includes(instanceId)) {
    throw new Error(`TerminateInstances: ${answer}`);
  }
}

/** Reads the user data of an instance. */
export async function readUserData(endpoint: string, region: string, instanceId: string): Promise<string> {
  const answer = await ec2(endpoint, region, { Action: "DescribeInstanceAttribute", Attribute: "userData", InstanceId: instanceId });
  const [, text] = /<value>([^<]*)<\/value>/.exec(answer) ?? [];
  return Buffer.from(text ?? "", "base64").toString("utf8");
}

/** Asks the Kubernetes API of a simulated machine, as the kubernetes provider would: by client certificate and server name. */
export function kubernetes(port: number, credential: Credential | undefined, method: string, path: string, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        servername: "kubernetes",
        timeout: 10_000,
        headers: { "content-type": "application/json" },
        ...(credential ? { ca: credential.ca, cert: credential.certificate, key: credential.key } : { rejectUnauthorized: false }),
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    call.on("error", reject);
    call.on("timeout", () => call.destroy(new Error("no answer in 10 seconds")));
    call.end(body && JSON.stringify(body));
  });
}
