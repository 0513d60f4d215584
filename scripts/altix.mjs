// npm run altix: the numbers and pictures of docs/altix.md. Writes docs/altix/*.svg and docs/altix/results.csv, and the tables between the marks in the page.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, install, requireNode, root } from "./setup.mjs";

requireNode();
if (!install() || !build("packages/cli")) process.exit(1);
const load = (path) => import(join(root, "packages", path));
const { duration, perSecond, portion, simulate, simulationCsv } = await load("core/dist/simulate/index.js");
const { platform } = await load("core/dist/platform/index.js");
const { check } = await load("core/dist/index.js");
const { parseTest } = await load("core/dist/litmus/index.js");
const { lowerTest } = await load("core/dist/program/index.js");
const { CPU, HITS, plotSvg, RATE } = await load("cli/dist/sim-plot.js");

const CURES = [
  ["cq-race", "no flush"],
  ["cq-pio-read", "PIO read per completion"],
  ["cq-pio-read-relaxed", "relaxed PIO read per completion"],
  ["cq-barrier", "barrier-mapped queue"],
  ["cq-intx", "interrupt per completion"],
];
const words = new Map(CURES);
const programs = CURES.map(([name]) => {
  const path = `catalogue/altix/${name}.litmus`;
  const source = { name: path, text: readFileSync(join(root, path), "utf8") };
  return lowerTest(parseTest(source).value, source).value;
});
const sn2 = platform("sn2-pic");
const MESSAGES = 20_000;
const run = (program, workload, on = sn2) => {
  const result = simulate(program, on, { messages: MESSAGES, size: 2048, hops: 8, depth: 64, ...workload });
  if (!result.ok) throw new Error(result.why.message);
  return result.report;
};

const folder = join(root, "docs/altix");
mkdirSync(folder, { recursive: true });
const all = [];
const sweeps = {
  size: [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
  hops: [0, 1, 2, 4, 6, 8, 12, 16],
  depth: [1, 2, 4, 8, 16, 32, 64, 128],
};
for (const [axis, values] of Object.entries(sweeps)) {
  const reports = programs.flatMap((program) => values.map((value) => run(program, { [axis]: value })));
  all.push(...reports);
  const svg = await plotSvg(reports, axis, { panels: [RATE, CPU, HITS], name: (report) => words.get(report.test) });
  writeFileSync(join(folder, `${axis === "depth" ? "slots" : axis}.svg`), svg);
}
writeFileSync(join(folder, "results.csv"), simulationCsv(all));

const row = (cells) => `| ${cells.join(" | ")} |`;
const tables = {};
const hits = (report) => (report.hits.count === 0 ? `none seen, below ${portion(report.hits.high)}` : portion(report.hits.value));
tables.answer = [
  row(["", "verdict on sn2", "rate, 64 B", "rate, 2 KiB", "CPU time, 64 B", "CPU time, 2 KiB", "messages with old data, 2 KiB"]),
  row(Array.from({ length: 7 }, () => "---")),
  ...programs.map((program) => {
    const small = run(program, { size: 64 });
    const large = run(program, {});
    const verdict = check(program, sn2).verdict;
    return row([
      words.get(program.name),
      verdict,
      perSecond(small.rate.value),
      perSecond(large.rate.value),
      duration(small.cpu.value),
      duration(large.cpu.value),
      hits(large),
    ]);
  }),
].join("\n");

// What the conclusion rests on: each made-up or calibrated number halved and doubled.
const byName = (name) => programs[CURES.findIndex(([each]) => each === name)];
const used = run(byName("cq-pio-read"), {}).figures;
const changed = (name, factor) => {
  const scale = (figure) => ({ ...figure, value: figure.value * factor });
  const [part, first, second] = name.split(" ");
  const { cpu, fabric } = sn2;
  if (part === "cpu")
    return {
      ...sn2,
      cpu: { ...cpu, timing: { ...cpu.timing, figures: { ...cpu.timing.figures, [first]: scale(cpu.timing.figures[first]) } } },
    };
  if (part === "accessor")
    return {
      ...sn2,
      cpu: { ...cpu, timing: { ...cpu.timing, accessors: { ...cpu.timing.accessors, [first]: scale(cpu.timing.accessors[first]) } } },
    };
  const { timing } = fabric;
  const section =
    part === "place"
      ? { places: { ...timing.places, [first]: { ...timing.places[first], [second]: scale(timing.places[first][second]) } } }
      : undefined;
  const group = part === "token" ? "tokens" : part;
  return {
    ...sn2,
    fabric: { ...fabric, timing: { ...timing, ...(section ?? { [group]: { ...timing[group], [first]: scale(timing[group][first]) } }) } },
  };
};
const ratioOf = (on) => {
  const few = { messages: 4000, size: 64 };
  const read = run(byName("cq-pio-read"), few, on);
  const barrier = run(byName("cq-barrier"), few, on);
  return { cpu: read.cpu.value / barrier.cpu.value, rate: barrier.rate.value / read.rate.value };
};
const base = ratioOf(sn2);
const ranges = used
  .filter((figure) => figure.mark !== "measured" && figure.value > 0)
  .map((figure) => {
    const both = [ratioOf(changed(figure.name, 0.5)), ratioOf(changed(figure.name, 2))];
    return { figure, cpu: both.map((each) => each.cpu), rate: both.map((each) => each.rate) };
  });
const span = (values) => `${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`;
const matter = ranges.filter(({ cpu, rate }) =>
  [...cpu.map((value) => value / base.cpu), ...rate.map((value) => value / base.rate)].some((value) => Math.abs(value - 1) > 0.1),
);
tables.rests = [
  `With the numbers as they are, a PIO read costs ${base.cpu.toFixed(0)} times the CPU time of the barrier mapping, and the mapping completes ${base.rate.toFixed(0)} times as many messages of 64 B. Each of the ${ranges.length} numbers that nobody measured, halved and doubled by itself: CPU time ${span(ranges.flatMap((each) => each.cpu))} times, rate ${span(ranges.flatMap((each) => each.rate))} times. Those that move either by more than a tenth:`,
  "",
  row(["number", "value", "mark", "CPU time ratio", "rate ratio"]),
  row(Array.from({ length: 5 }, () => "---")),
  ...matter.map(({ figure, cpu, rate }) => row([figure.name, String(figure.value), figure.mark, span(cpu), span(rate)])),
].join("\n");
tables.figures = [
  row(["number", "value", "mark", "source"]),
  row(Array.from({ length: 4 }, () => "---")),
  ...[...new Map(programs.flatMap((program) => run(program, { messages: 100 }).figures).map((figure) => [figure.name, figure])).values()]
    .sort((a, b) =>
      a.mark === b.mark
        ? a.name < b.name
          ? -1
          : 1
        : ["measured", "derived", "invented"].indexOf(a.mark) - ["measured", "derived", "invented"].indexOf(b.mark),
    )
    .map((figure) => row([figure.name, String(figure.value), figure.mark, figure.source.replaceAll("|", "\\|")])),
].join("\n");

const page = join(root, "docs/altix.md");
let text = readFileSync(page, "utf8");
for (const [name, table] of Object.entries(tables))
  text = text.replace(new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- end -->)`), (_, before, after) => `${before}${table}${after}`);
writeFileSync(page, text);
console.log(`${tables.answer}\n\n${tables.rests}`);
