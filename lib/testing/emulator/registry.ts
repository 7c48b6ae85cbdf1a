import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";

/** Whether a provider registry answers; see {@link registryReachable}. */
export type RegistryCheck = (host: string) => Promise<boolean>;

/**
 * Asks a provider registry for its service description, within a time limit; honours `HTTPS_PROXY`, as Terraform does.
 *
 * @param host such as `registry.terraform.io`
 * @param timeoutSeconds whole check. @default 5
 * @see https://developer.hashicorp.com/terraform/internals/remote-service-discovery
 */
export async function registryReachable(host: string, env: NodeJS.ProcessEnv = process.env, timeoutSeconds = 5): Promise<boolean> {
  const proxy = env.HTTPS_PROXY || env.https_proxy;
  const work = proxy ? throughProxy(proxy, host) : directly(host);
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutSeconds * 1000);
  });
  const reachable = await Promise.race([work.answer.catch(() => false), limit]);
  clearTimeout(timer);
  work.cancel();
  return reachable;
}

interface Attempt {
  readonly answer: Promise<boolean>;
  readonly cancel: () => void;
}

function directly(host: string): Attempt {
  const call = secureRequest({ host, path: "/.well-known/terraform.json", method: "GET" });
  const answer = new Promise<boolean>((resolve, reject) => {
    call.on("response", (response) => resolve((response.statusCode ?? 500) < 400)).on("error", reject);
  });
  call.end();
  return { answer, cancel: () => call.destroy() };
}

function throughProxy(proxy: string, host: string): Attempt {
  // A proxy that opens the tunnel has reached the registry; the answer inside needs no second look.
  const url = new URL(proxy);
  const login = url.username ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : undefined;
  const call = (url.protocol === "https:" ? secureRequest : plainRequest)({
    host: url.hostname,
    port: url.port || (url.protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: `${host}:443`,
    headers: login ? { "Proxy-Authorization": `Basic ${Buffer.from(login).toString("base64")}` } : {},
  });
  const answer = new Promise<boolean>((resolve, reject) => {
    call.on("connect", (response) => resolve(response.statusCode === 200));
    call.on("response", () => resolve(false)).on("error", reject);
  });
  call.end();
  return { answer, cancel: () => call.destroy() };
}
