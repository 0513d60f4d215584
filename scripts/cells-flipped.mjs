/**
 * P5: of each platform's table cells and window rules, how many change some catalogue verdict when they are flipped (no <-> may). A cell that changes nothing is tested by nothing.
 *
 *     node scripts/cells-flipped.mjs [platform,platform...] [--write]
 *
 * `--write` keeps, for each cell, the test whose verdict it changes, in packages/core/test/catalogue/cells.json. The test beside it flips each cell again and checks that test
 * alone, so that the share cannot fall unnoticed.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { search } from "../packages/core/dist/explore/explore.js";
import { parseTest } from "../packages/core/dist/litmus/parse.js";
import { buildMachine } from "../packages/core/dist/machine/machine.js";
import { platform } from "../packages/core/dist/platform/index.js";
import { lowerTest } from "../packages/core/dist/program/lower.js";

const root = new URL("..", import.meta.url).pathname;
const [list] = process.argv.slice(2).filter((each) => !each.startsWith("--"));
const names = (list ?? "x86,arm64,riscv,ppc64,alpha,ia64,portable,pci,sn2-pic,ip27").split(",");
const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : entry.name.endsWith(".litmus") ? [join(folder, entry.name)] : [],
  );
const programs = files(join(root, "catalogue"))
  .sort()
  .flatMap((name) => {
    const source = { name, text: readFileSync(name, "utf8") };
    const parsed = parseTest(source);
    const lowered = parsed.ok ? lowerTest(parsed.value, source) : parsed;
    return lowered.ok ? [{ name: relative(join(root, "catalogue"), name), program: lowered.value }] : [];
  });
const LIMITS = { mode: "verdict", reduce: "full", maxStates: 20_000 };
const verdict = (program, on) => search(buildMachine(program, on), LIMITS).satisfiable;
const flip = (rule) => ({ ...rule, pass: rule.pass === "no" ? "may" : "no" });

const kept = {};
let flipped = 0;
let all = 0;
for (const name of names) {
  const on = platform(name);
  if (on === undefined) throw new Error(`no platform ${name}`);
  const before = programs.map(({ program }) => verdict(program, on));
  /** The first test whose verdict changes. */
  const changes = (changed) => programs.find(({ program }, index) => verdict(program, changed) !== before[index])?.name;
  const found = {};
  for (const [index, rule] of on.cpu.window.entries()) {
    const window = on.cpu.window.with(index, flip(rule));
    found[`window/${rule.id}`] = changes({ ...on, cpu: { ...on.cpu, window } }) ?? null;
  }
  const used = new Set(on.fabric.places.map((place) => place.table));
  // Places in a row that share a rule mask each other: a rule is flipped wherever it stands.
  const ids = new Set(Object.entries(on.fabric.tables).flatMap(([table, cells]) => (used.has(table) ? cells.map((cell) => cell.id) : [])));
  for (const id of ids) {
    const tables = Object.fromEntries(
      Object.entries(on.fabric.tables).map(([table, cells]) => [table, cells.map((cell) => (cell.id === id ? flip(cell) : cell))]),
    );
    found[id] = changes({ ...on, fabric: { ...on.fabric, tables } }) ?? null;
  }
  const silent = Object.keys(found).filter((id) => found[id] === null);
  const count = Object.keys(found).length;
  flipped += count - silent.length;
  all += count;
  kept[name] = found;
  console.log(`${name}: ${count - silent.length} of ${count}${silent.length === 0 ? "" : `; nothing changes with ${silent.join(", ")}`}`);
}
console.log(`${flipped} of ${all} cells and rules change some catalogue verdict when flipped`);
if (process.argv.includes("--write")) {
  const file = join(root, "packages/core/test/catalogue/cells.json");
  writeFileSync(file, `${JSON.stringify({ flipped, all, platforms: kept }, undefined, 2)}\n`);
}
