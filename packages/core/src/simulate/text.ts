/** Simulations in words and numbers. */
import type { Program } from "../program/program.js";
import type { Adverse } from "./adverse.js";
import type { UsedFigure } from "./figures.js";
import type { SimulationReport } from "./simulate.js";
import type { Estimate } from "./statistics.js";

/** Three digits, in the unit that suits: 1.61 us. */
export function duration(ns: number): string {
  if (!Number.isFinite(ns)) return "-";
  if (Math.abs(ns) >= 1e9) return `${(ns / 1e9).toPrecision(3)} s`;
  if (Math.abs(ns) >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  if (Math.abs(ns) >= 1e3) return `${(ns / 1e3).toPrecision(3)} us`;
  return `${Math.abs(ns) >= 100 ? ns.toFixed(0) : Math.abs(ns) >= 10 ? ns.toFixed(1) : ns.toFixed(2)} ns`;
}

/** 497 k/s. */
export function perSecond(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M/s`;
  if (value >= 1e3) return `${(value / 1e3).toPrecision(3)} k/s`;
  return `${value.toPrecision(3)} /s`;
}

/** A share with as many digits as matter. */
export function portion(value: number): string {
  if (value === 0) return "0";
  return value >= 0.001 ? `${(value * 100).toPrecision(3)} %` : value.toExponential(1);
}

/** `1.98 % (1.90 to 2.07 %)`; where there was no hit, the bound. */
export function hitWords(hits: SimulationReport["hits"]): string {
  if (hits.of === 0) return "no message counts: the test's filter drops all";
  if (hits.count === 0) return `none in ${hits.of} messages: below ${portion(hits.high)} (95 %)`;
  return `${hits.count} of ${hits.of} messages: ${portion(hits.value)}, between ${portion(hits.low)} and ${portion(hits.high)} (95 %)`;
}

const within = (estimate: Estimate, words: (value: number) => string): string => {
  const half = (estimate.high - estimate.low) / 2;
  const share = estimate.value === 0 ? 0 : half / Math.abs(estimate.value);
  return `${words(estimate.value)} ± ${share === 0 ? "0" : share < 0.001 ? "<0.1" : (share * 100).toPrecision(2)} %`;
};

/** The figures by how far they can be trusted. */
export function figureWords(figures: readonly UsedFigure[]): string {
  const count = (mark: string): number => figures.filter((figure) => figure.mark === mark).length;
  return `${figures.length} numbers: ${count("measured")} measured, ${count("derived")} derived, ${count("invented")} invented`;
}

/** One simulation in full; `figures`: with every number that it rests on. */
export function simulationText(report: SimulationReport, withFigures: boolean): string {
  const { workload } = report;
  const lines: string[] = [];
  const row = (name: string, text: string): void => {
    lines.push(`  ${name.padEnd(14)}${text}`);
  };
  lines.push(`${report.test} on ${report.platform}`);
  const offered = workload.rate === undefined ? "as many as go" : `${perSecond(workload.rate)} offered, ${workload.arrivals}`;
  row(
    "workload",
    `${report.messages} messages${report.payload.length === 0 ? "" : ` of ${workload.size} B (${report.payload.join(", ")}; other locations ${workload.entry} B)`}, ${offered}; depth ${workload.depth}, ${workload.devices} ${workload.devices === 1 ? "device" : "devices"}, ${workload.hops} hops, seed ${workload.seed}`,
  );
  if (report.polling.length > 0) row("polling", `${report.polling.join(", ")}: counted from the round that sees the new value`);
  row("rate", `${within(report.rate, perSecond)}, ${report.bandwidth.value.toFixed(2)} Gb/s of payload`);
  row(
    "latency",
    `${within(report.latency.mean, duration)}; ${report.latency.quantiles.map((each) => `${each.share * 100} % ${duration(each.value)}`).join(", ")}; ${duration(report.latency.least)} to ${duration(report.latency.most)}`,
  );
  row(
    "CPU",
    `${within(report.cpu, duration)} a message: work ${duration(report.work)}${report.stalls.map((stall) => `, ${stall.what} ${duration(stall.time)}`).join("")}${report.poll > 0 ? `; polling besides ${duration(report.poll)}` : ""}`,
  );
  for (const place of report.places)
    row(
      `at ${place.id}`,
      `${place.packets.toFixed(1)} packets a message, each ${duration(place.wait)} for its turn, ${duration(place.transit)} on the way, ${duration(place.held)} behind others (${place.title})`,
    );
  row("condition", hitWords(report.hits));
  row("rests on", figureWords(report.figures));
  if (withFigures)
    for (const figure of report.figures)
      lines.push(`    ${figure.name.padEnd(26)} ${String(figure.value).padStart(8)}  ${figure.mark.padEnd(8)}  ${figure.source}`);
  row("run", `${report.events} events`);
  return `${lines.join("\n")}\n`;
}

/** How an adversary's runs ended, the most frequent first. */
export function adverseText(program: Program, platform: string, found: Adverse): string {
  const names = program.observed.map((term) => term.label);
  const rows = found.outcomes
    .filter((outcome) => !outcome.dropped)
    .sort((a, b) => b.count - a.count)
    .map((outcome) => ({
      state: outcome.values.map((value, at) => `${names[at] ?? "?"}=${value};`).join(" "),
      count: `${outcome.count}${outcome.satisfies ? "  the condition holds" : ""}`,
    }));
  const width = Math.max(0, ...rows.map((row) => row.state.length));
  const lines = rows.map((row) => `  ${row.state.padEnd(width)}  ${row.count}`);
  const rest = [
    found.discarded > 0 ? `${found.discarded} went by a wrong guess` : "",
    found.stuck > 0 ? `${found.stuck} got stuck` : "",
    found.cut > 0 ? `${found.cut} were cut off` : "",
  ].filter((text) => text !== "");
  return `${program.name} on ${platform}, scheduled by an adversary\n${lines.join("\n")}\n  ${found.runs} runs, ${found.steps} steps${rest.length === 0 ? "" : `; ${rest.join(", ")}`}\n`;
}

/** Several simulations, one a row. */
export function comparisonText(reports: readonly SimulationReport[]): string {
  const header = ["test", "platform", "size", "hops", "depth", "offered", "rate", "median", "99 %", "CPU", "stalls", "condition held"];
  const rows = reports.map((report) => [
    report.test,
    report.platform,
    String(report.workload.size),
    String(report.workload.hops),
    String(report.workload.depth),
    report.workload.rate === undefined ? "-" : perSecond(report.workload.rate),
    perSecond(report.rate.value),
    duration(report.latency.quantiles[0]?.value ?? Number.NaN),
    duration(report.latency.quantiles[2]?.value ?? Number.NaN),
    duration(report.cpu.value),
    duration(report.stall.value),
    report.hits.count === 0 ? `< ${portion(report.hits.high)}` : portion(report.hits.value),
  ]);
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] as string).length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number)))
      .join("  ")
      .trimEnd();
  return `${[line(header), ...rows.map(line)].join("\n")}\n`;
}

/** The same as comma-separated values, with intervals. */
export function simulationCsv(reports: readonly SimulationReport[]): string {
  const header =
    "test,platform,size,hops,depth,devices,offered,seed,messages,rate,rate_low,rate_high,gbps,latency_mean_ns,latency_low_ns,latency_high_ns,p50_ns,p90_ns,p99_ns,p999_ns,cpu_ns,cpu_low_ns,cpu_high_ns,stall_ns,poll_ns,hits,of,hit_share,hit_low,hit_high";
  const number = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : "");
  const rows = reports.map((report) => {
    const { workload, latency } = report;
    return [
      /[",\n]/.test(report.test) ? `"${report.test.replaceAll('"', '""')}"` : report.test,
      report.platform,
      workload.size,
      workload.hops,
      workload.depth,
      workload.devices,
      workload.rate ?? "",
      workload.seed,
      report.messages,
      ...[report.rate.value, report.rate.low, report.rate.high, report.bandwidth.value].map(number),
      ...[latency.mean.value, latency.mean.low, latency.mean.high, ...latency.quantiles.map((each) => each.value)].map(number),
      ...[report.cpu.value, report.cpu.low, report.cpu.high, report.stall.value, report.poll].map(number),
      report.hits.count,
      report.hits.of,
      ...[report.hits.value, report.hits.low, report.hits.high].map(number),
    ].join(",");
  });
  return `${[header, ...rows].join("\n")}\n`;
}
