/** The shipped catalogue as a module, `virtual:catalogue`: read when the page is built, loaded when somebody looks at it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTest } from "@fencepost/core/litmus";
import type { Plugin } from "vite";
import type { CatalogueTest } from "./src/catalogue/test.js";

const FOLDER = fileURLToPath(new URL("../../catalogue/", import.meta.url));

/** First words of bug titles that name no driver. */
const NO_DRIVERS: ReadonlySet<string> = new Set(["aarch64", "flush", "gpu", "hpc", "pio", "ppc", "relaxed", "wmb"]);

function* litmusFiles(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* litmusFiles(path);
    else if (name.endsWith(".litmus")) yield path;
  }
}

/** `11-nvme-phase-before` is of bug 11, `nvme-phase`; drivers are named by such titles and by paths in the text. */
function readTest(path: string): CatalogueTest | undefined {
  const text = readFileSync(path, "utf8");
  const parsed = parseTest({ name: path, text });
  if (!parsed.ok) return undefined;
  const { name, doc, expects, sources } = parsed.value;
  const id = relative(FOLDER, path)
    .split(sep)
    .join("/")
    .replace(/\.litmus$/, "");
  const subject = id.split("/")[0] as string;
  const bug = /^(\d+)-(.+)-(before|after)$/.exec(id.split("/").at(-1) as string);
  const drivers = new Set(
    [...text.matchAll(/\bdrivers\/(?:[\w-]+\/)*?([\w-]+?)(?:\/[\w.-]+|[\w-]*)\.[ch]\b/g)].map((found) => found[1] as string),
  );
  const first = bug?.[2]?.split("-")[0];
  if (first !== undefined && !NO_DRIVERS.has(first)) drivers.add(first);
  return {
    id,
    name,
    subject,
    doc: doc ?? "",
    stated: [...new Set(expects.map((each) => each.platform))],
    sources,
    bug: bug === null ? undefined : `${Number(bug[1])} ${bug[2]}`,
    drivers: [...drivers].sort(),
    text,
  };
}

export function catalogueModule(): Plugin {
  const name = "virtual:catalogue";
  return {
    name: "fencepost-catalogue",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const tests = [...litmusFiles(FOLDER)].flatMap((path) => readTest(path) ?? []);
      // One string, which the browser parses faster than it does code.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(tests))});`;
    },
  };
}
