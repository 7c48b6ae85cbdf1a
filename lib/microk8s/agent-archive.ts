import { zipSync, type Zippable } from "fflate";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The node agent as it is shipped: one archive that Python runs. */
export interface AgentArchive {
  /** Path of the archive; it is there until the process ends. */
  readonly file: string;
  /** SHA-256 of the archive, in hexadecimal digits. */
  readonly sha256: string;
}

/** The earliest time that a zip archive can name, so that the same sources give the same bytes. */
const NO_TIME = new Date(1980, 0, 1);

/** The agent that is shipped, and, once it is packed, its archive. A test of an update puts another in its place. */
export const AGENT: { sources: string; packed?: AgentArchive } = { sources: join(__dirname, "agent", "archive") };

/**
 * The agent's archive, packed once for a process: the same bytes for the same sources, on every machine.
 *
 * @see https://docs.python.org/3/library/zipapp.html
 */
export function agentArchive(): AgentArchive {
  AGENT.packed ??= pack(AGENT.sources);
  return AGENT.packed;
}

function pack(folder: string): AgentArchive {
  const bytes = zipSync(sources(folder), { level: 9, mtime: NO_TIME });
  const target = mkdtempSync(join(tmpdir(), "cdktf-wavelength-mec-"));
  process.once("exit", () => rmSync(target, { recursive: true, force: true }));
  const file = join(target, "agent.pyz");
  writeFileSync(file, bytes);
  return { file, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Every Python file of a folder and those in it, by its path there; line ends as in the repository, whatever git made of them. */
function sources(folder: string, prefix = ""): Zippable {
  const found: Zippable = {};
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      Object.assign(found, sources(path, `${prefix}${entry.name}/`));
    } else if (entry.name.endsWith(".py")) {
      found[prefix + entry.name] = Buffer.from(readFileSync(path, "utf8").replace(/\r\n/g, "\n"));
    }
  }
  return found;
}
