import type { EmulatorInventory } from "../../../lib/testing/emulator";
import { until } from "../../../lib/testing/emulator/process-tree";

/** One line for each thing that a destroy should have taken away: resources, parameters, processes. */
export function leftovers(inventory: EmulatorInventory): string[] {
  return [
    ...Object.entries(inventory.resources).flatMap(([type, ids]) => ids.map((id) => `${type} ${id}`)),
    ...inventory.parameters.map((name) => `parameter ${name}`),
    ...inventory.processes.map((pid) => `process ${pid}`),
  ];
}

/**
 * Looks what is left. Only processes get time to end: a resource or parameter that is there after destroy stays there.
 *
 * @returns what is left in the end; empty when all is gone
 */
export async function remainingLeftovers(read: () => Promise<EmulatorInventory>, seconds = 15): Promise<string[]> {
  let found: string[] = [];
  const settled = async (): Promise<boolean> => {
    found = leftovers(await read());
    return !found.some((line) => line.startsWith("process ")) || found.some((line) => !line.startsWith("process "));
  };
  await until(settled, seconds * 1000, 500);
  return found;
}
