/** Programs and platforms for the simulator's tests. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

export { catalogueProgram, platformOf, programOf } from "../subject.js";

/** Every test of the catalogue: `altix/cq-race`. */
export function cataloguePaths(): readonly string[] {
  return readdirSync(fileURLToPath(new URL("../../../../catalogue", import.meta.url)), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".litmus"))
    .map((path) => path.slice(0, -".litmus".length))
    .sort();
}
