/** The shipped tests, and with them those of a corpus of LKMM tests where that is at hand: texts of every shape to try things on. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./client.js";

export interface Text {
  readonly name: string;
  readonly text: string;
}

const folder = join(root, "catalogue");

export const catalogue: readonly Text[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".litmus"))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** Examples of the language reference: one for every construct. */
export const reference: readonly Text[] = [...readFileSync(join(root, "docs/language.md"), "utf8").matchAll(/```litmus\n(.*?)```/gs)].map(
  ([, text = ""], index) => ({ name: `docs/language.md example ${index + 1}`, text }),
);
