/**
 * Writes the Altix table of README.md, between its markers: each row is a test of catalogue/altix, each verdict comes from a run.
 *
 *     node scripts/altix-table.mjs            writes it
 *     node scripts/altix-table.mjs --check    says whether it is as it should be (exit 1 if not)
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

const platforms = ["sn2", "pcie", "portable"];

/** Question and test. */
const rows = [
  ["The device writes data, then the queue entry; the driver polls the entry, `rmb()`, reads the data", "cq-race"],
  ["… and `mb()` after the poll", "cq-mb"],
  ["… and `readl()` of the device after the poll", "cq-pio-read"],
  ["… and `readl_relaxed()` instead", "cq-pio-read-relaxed"],
  ["… and `readl()` of the device in the next slot", "other-slot-read"],
  ["… and `mmiowb()`", "cq-mmiowb"],
  ["… and `dma_sync_single_for_cpu()`", "cq-dma-sync"],
  ["… and `dma_unmap_single()`", "cq-unmap"],
  ["Queue mapped with `DMA_ATTR_WRITE_BARRIER` (2007: `dma_flags_set_dmaflush`)", "cq-barrier"],
  ["The barrier on the data instead", "data-barrier"],
  ["The barrier, but the device sets PCI's relaxed ordering on the entry", "cq-barrier-elsewhere"],
  ["A barrier write of another device", "other-device-barrier"],
  ["Queue in coherent memory, data in streaming memory", "cq-coherent"],
  ["Queue in user space, where no register can be read", "cq-user-space"],
  ["… mapped with the barrier", "cq-user-space-barrier"],
  ["MSI after the data, the handler reads the data", "cq-msi"],
  ["Line interrupt after the data, the handler reads the data", "cq-intx"],
  ["Register writes of two CPUs under one lock: do they interleave at the device?", "pio-lock"],
  ["… with `mmiowb()` before the unlock", "pio-lock-mmiowb"],
];

const [begin, end] = ["<!-- altix-table: written by scripts/altix-table.mjs -->", "<!-- /altix-table -->"];

function verdicts() {
  const args = ["packages/cli/bin/fencepost.js", "check", "catalogue/altix", "--platform", platforms.join(), "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (stdout === "") throw new Error(stderr);
  return new Map(JSON.parse(stdout).tests.map((test) => [test.file, new Map(test.verdicts.map((verdict) => [verdict.platform, verdict]))]));
}

function cell(verdict) {
  const words = (plain) => (plain === "allowed" ? "**allowed**" : plain);
  if (verdict.verdict !== "depends") return words(verdict.verdict);
  const variants = verdict.variants.map(
    ({ settings, verdict: plain }) => `${words(plain)} if ${Object.entries(settings).map(([id, value]) => `${id} = ${value}`)}`,
  );
  return `depends: ${[words(verdict.byDefault), ...variants].join("; ")}`;
}

function table() {
  const found = verdicts();
  const lines = rows.map(([question, name]) => {
    const file = `catalogue/altix/${name}.litmus`;
    const test = found.get(file);
    if (test === undefined) throw new Error(`there is no ${file}`);
    return `| ${[question, ...platforms.map((platform) => cell(test.get(platform))), `[${name}](${file})`].join(" | ")} |`;
  });
  return [`| what is done | ${platforms.join(" | ")} | test |`, `|${"---|".repeat(platforms.length + 2)}`, ...lines].join("\n");
}

const path = join(root, "README.md");
const text = readFileSync(path, "utf8");
const [before, rest] = text.split(begin);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error(`README.md has no markers ${begin} and ${end}`);
const wanted = `${before}${begin}\n${table()}\n${end}${after}`;
if (process.argv.includes("--check")) {
  if (wanted !== text) console.error("README.md: the Altix table is not what the runs say; node scripts/altix-table.mjs writes it anew.");
  process.exit(wanted === text ? 0 : 1);
}
if (wanted !== text) writeFileSync(path, wanted);
