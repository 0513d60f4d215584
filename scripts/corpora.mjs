// The corpora of litmus tests with recorded answers: read where they are (FENCEPOST_SHARED, by default ../shared), nothing of them is copied.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { root } from "./setup.mjs";

/** The folder of the corpora, or undefined where there is none. */
export function corporaFolder() {
  const folder = join(process.env.FENCEPOST_SHARED ?? join(root, "../shared"), "corpora");
  return existsSync(folder) ? folder : undefined;
}

/** The folder of the corpora; ends the process with a sentence where there is none. */
export function requireCorpora() {
  const folder = corporaFolder();
  if (folder !== undefined) return folder;
  console.error("no corpora in ../shared: set FENCEPOST_SHARED");
  process.exit(2);
}

/** The files of a gzipped tar archive, in its order: name and text. Long names: GNU's `L` entries and pax's `x` entries. */
export function* tarFiles(path) {
  const bytes = gunzipSync(readFileSync(path));
  const field = (at, length) => bytes.toString("latin1", at, at + length).replace(/\0.*$/s, "");
  let longName = "";
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12).trim() || "0", 8);
    const type = field(at + 156, 1);
    const prefix = field(at + 257, 5) === "ustar" ? field(at + 345, 155) : "";
    const body = bytes.toString("utf8", at + 512, at + 512 + size);
    if (type === "L") longName = body.replace(/\0.*$/s, "");
    else if (type === "x") longName = /^\d+ path=(.*)$/m.exec(body)?.[1] ?? "";
    else {
      if (type === "" || type === "0") yield { name: longName || (prefix === "" ? "" : `${prefix}/`) + field(at, 100), text: body };
      longName = "";
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** The recorded answers, by path. */
export function recordedAnswers(path) {
  const [head, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const cells = (line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
  const names = cells(head);
  return new Map(lines.map(cells).map((row) => [row[1], Object.fromEntries(names.map((name, i) => [name, row[i] ?? ""]))]));
}
