import { unzipSync } from "fflate";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { agentArchive } from "../../lib/microk8s/agent-archive";

const SOURCES = join(__dirname, "..", "..", "lib", "microk8s", "agent", "archive");

test("the archive holds the agent's sources, its entry point first, and is named by its digest", () => {
  const { file, sha256 } = agentArchive();
  const bytes = readFileSync(file);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(expect.arrayContaining(["__main__.py", "mec/__init__.py", "mec/main.py"]));
  for (const [name, content] of Object.entries(files)) {
    expect(Buffer.from(content).toString()).toBe(readFileSync(join(SOURCES, name), "utf8"));
  }
});

test("the same sources give the same bytes whatever the time and the time zone", () => {
  const { file } = agentArchive();
  // Date and time of each entry (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7): 1 January 1980, midnight.
  expect(readFileSync(file).readUInt32LE(10)).toBe(((1 << 5) | 1) << 16);
});
