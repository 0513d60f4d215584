/** The corpora that lie beside the repository (see their README.md), read from their archives without unpacking them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Source } from "../../src/source.js";

const shared = process.env["FENCEPOST_SHARED"] ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
const folder = join(shared, "corpora");

/** All litmus tests of all archives, by name; none if the folder is not there. */
export function corpora(): Source[] {
  if (!existsSync(folder)) return [];
  const archives = readdirSync(folder).filter((name) => name.endsWith(".tar.gz"));
  return archives.sort().flatMap((name) => [...entries(gunzipSync(readFileSync(join(folder, name))))]);
}

/** The regular files of a tar archive: a header of 512 bytes, then the contents in blocks of 512. */
function* entries(archive: Buffer): Generator<Source> {
  let long: string | undefined;
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const field = (start: number, length: number) => archive.toString("utf8", at + start, at + start + length).replace(/\0[\s\S]*$/, "");
    const size = Number.parseInt(field(124, 12), 8);
    const kind = field(156, 1);
    const text = archive.toString("utf8", at + 512, at + 512 + size);
    // A name that is too long for its field stands in an entry of its own in front.
    if (kind === "x") long = /^\d+ path=(.*)$/m.exec(text)?.[1];
    if (kind === "0" || kind === "") {
      const name = long ?? field(0, 100);
      if (name.endsWith(".litmus")) yield { name, text };
      long = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
