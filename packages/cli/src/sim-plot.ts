/** Simulations as curves or bars: one SVG of several panels, readable on light and on dark. */
import type { Estimate, SimulationReport } from "@fencepost/core/simulate";

const AXIS_WORDS = {
  size: "message size (bytes)",
  rate: "messages offered per second",
  hops: "NUMA hops",
  depth: "slots in the ring",
} as const;

export type Axis = keyof typeof AXIS_WORDS;

/** Colours that keep apart for most eyes and on both grounds. */
const COLOURS = ["#4c8dd6", "#e0762b", "#3da35d", "#c45bb0", "#9a8a2f", "#d1495b", "#3aa6a6", "#8b7bd8"];

export interface Panel {
  readonly title: string;
  readonly pick: (report: SimulationReport) => Estimate;
  readonly log: boolean;
}

export const RATE: Panel = { title: "messages per second", pick: (report) => report.rate, log: true };
export const CPU: Panel = { title: "CPU time per message (ns), polling apart", pick: (report) => report.cpu, log: true };
const LATENCY: Panel = {
  title: "latency, median (ns)",
  pick: (report) => report.latency.quantiles[0] ?? report.latency.mean,
  log: true,
};
export const HITS: Panel = {
  title: "messages that meet the condition (%)",
  pick: ({ hits }) => ({ value: hits.value * 100, low: hits.low * 100, high: hits.high * 100 }),
  log: false,
};

export interface PlotOptions {
  readonly panels: readonly Panel[];
  /** What a curve is called. */
  readonly name: (report: SimulationReport) => string;
}

interface Point {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

/** 1, 2 and 5 times the powers of ten between two values; only the powers where that is enough. */
function decades(low: number, high: number): readonly number[] {
  const result: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const lead of [1, 2, 5]) result.push(lead * 10 ** power);
  const inside = result.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  const powers = inside.filter((value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9);
  return inside.length > 6 && powers.length >= 2 ? powers : inside;
}

/** Draws what a sweep over `axis` gave, or bars where there was none. */
export async function plotSvg(
  reports: readonly SimulationReport[],
  axis: Axis | undefined,
  options: Partial<PlotOptions> = {},
): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const platforms = new Set(reports.map((report) => report.platform));
  const name =
    options.name ?? ((report: SimulationReport): string => (platforms.size > 1 ? `${report.test}, ${report.platform}` : report.test));
  const panels = options.panels ?? [RATE, CPU, LATENCY];
  const series = [...new Set(reports.map(name))];
  const colour = (of: string): string => COLOURS[series.indexOf(of) % COLOURS.length] as string;
  const width = 800;
  const marginLeft = axis === undefined ? 30 + 7 * Math.max(...series.map((each) => each.length)) : 64;
  const height = axis === undefined ? series.length * 22 + 56 : 200;
  const shared = {
    document: document as never,
    width,
    height,
    marginLeft,
    marginRight: 40,
    marginTop: 30,
    marginBottom: 36,
    style: { background: "none", color: "currentColor", fontFamily: "system-ui, sans-serif", fontSize: "12px" },
  };
  const drawn = panels.map((panel, number) => {
    const points = reports.map((report): Point => {
      const x = axis === undefined ? 0 : axis === "rate" ? (report.workload.rate ?? 0) : report.workload[axis];
      return { series: name(report), x, y: panel.pick(report).value };
    });
    if (axis === undefined) {
      return Plot.plot({
        ...shared,
        x: { label: panel.title, labelAnchor: "center", labelArrow: "none", grid: true, zero: true, ticks: 6, tickFormat: "~s" },
        y: { label: null, domain: series },
        marks: [
          Plot.barX(points, { x: "y", y: "series", fill: (point: Point) => colour(point.series), insetTop: 2, insetBottom: 2 }),
          Plot.ruleX([0], { stroke: "currentColor" }),
        ],
      });
    }
    const log = axis !== "hops";
    const values = points.map((point) => point.y).filter((value) => value > 0);
    const bounds: [number, number] = [Math.min(...values) / 1.2, Math.max(...values) * 1.2];
    const y = panel.log
      ? { type: "log" as const, domain: bounds, ticks: [...decades(...bounds)] }
      : { zero: true, ticks: 5, ...(values.length === 0 ? { domain: [0, 1] } : {}) };
    return Plot.plot({
      ...shared,
      x: {
        type: log ? "log" : "linear",
        ...(log ? { base: 2 } : {}),
        label: number === panels.length - 1 ? AXIS_WORDS[axis] : null,
        labelAnchor: "center",
        labelArrow: "none",
        ticks: [...new Set(points.map((point) => point.x))],
        tickFormat: (value: number) => String(value),
      },
      y: { ...y, grid: true, tickFormat: "~s", label: panel.title, labelAnchor: "top", labelArrow: "none" },
      // Curves that lie on each other: the first the widest, the last on top.
      marks: series.flatMap((each, at) => {
        const own = points.filter((point) => point.series === each);
        const stroke = colour(each);
        return [
          Plot.line(own, { x: "x", y: "y", stroke, strokeWidth: 2 + 1.6 * (series.length - 1 - at), strokeLinecap: "round" }),
          Plot.dot(own, { x: "x", y: "y", r: 2.5 + 0.8 * (series.length - 1 - at), fill: stroke }),
        ];
      }),
    });
  });
  const key = series
    .map(
      (text, at) =>
        `<g transform="translate(${(at % 2) * 390 + 16} ${Math.floor(at / 2) * 18 + 6})"><rect width="22" height="5" y="5" rx="2" fill="${colour(text)}"/><text x="30" y="12">${escape(text)}</text></g>`,
    )
    .join("\n");
  const legend = axis === undefined ? 0 : Math.ceil(series.length / 2) * 18 + 14;
  const body = drawn
    .map((part, at) => `<g transform="translate(0 ${legend + at * height})">${inner(String(part.outerHTML))}</g>`)
    .join("\n");
  const total = legend + drawn.length * height;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="fencepost" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor">
<style>.fencepost { color: #1b1f24 } @media (prefers-color-scheme: dark) { .fencepost { color: #e6edf3 } } .fencepost text { fill: currentColor }</style>
${axis === undefined ? "" : `${key}\n`}${body}
</svg>
`;
}

/** Plot's own style block speaks of a class that is not needed here. */
const inner = (svg: string): string => svg.replaceAll(/<style>[\s\S]*?<\/style>/g, "");

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
