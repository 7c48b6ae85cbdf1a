import { kubernetes, type Credential } from "./aws";

/** Whether the API of a machine answered while something was done. */
export interface Availability {
  /** How often it was asked. */
  readonly asked: number;
  /** Answers other than 200, and errors. */
  readonly outages: readonly string[];
}

/** Asks the Kubernetes API of a simulated machine, by its datastore too, twice a second while `work` goes on. */
export async function availabilityDuring(port: number, credential: Credential, work: () => Promise<void>): Promise<Availability> {
  const outages: string[] = [];
  let asked = 0;
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      asked += 1;
      const answer = await kubernetes(port, credential, "GET", "/readyz").catch((error: Error) => error.message);
      if (answer !== 200) outages.push(`${new Date().toISOString()} ${answer}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await watch;
  }
  return { asked, outages };
}
