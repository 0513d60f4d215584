/** Simulations as curves or bars: one SVG of three panels, readable on light and on dark. */
import type { SimulationReport } from "@fencepost/core/simulate";

const AXIS_WORDS = {
  size: "message size (bytes)",
  rate: "messages offered per second",
  hops: "NUMA hops",
  depth: "slots in the ring",
} as const;

/** Colours that keep apart for most eyes and on both grounds. */
const COLOURS = ["#4c8dd6", "#e0762b", "#3da35d", "#c45bb0", "#9a8a2f", "#d1495b", "#3aa6a6", "#8b7bd8"];

interface Point {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

interface Panel {
  readonly title: string;
  readonly pick: (report: SimulationReport) => { readonly value: number; readonly low: number; readonly high: number };
  readonly log: boolean;
}

const PANELS: readonly Panel[] = [
  { title: "messages per second", pick: (report) => report.rate, log: false },
  { title: "CPU time per message (ns), polling apart", pick: (report) => report.cpu, log: true },
  {
    title: "latency, median (ns)",
    pick: (report) => report.latency.quantiles[0] ?? report.latency.mean,
    log: true,
  },
];

/** Draws what a sweep over `axis` gave, or bars where there was none. */
export async function plotSvg(reports: readonly SimulationReport[], axis: keyof typeof AXIS_WORDS | undefined): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const platforms = new Set(reports.map((report) => report.platform));
  const name = (report: SimulationReport): string => (platforms.size > 1 ? `${report.test}, ${report.platform}` : report.test);
  const series = [...new Set(reports.map(name))];
  const colour = { domain: series, range: series.map((_, at) => COLOURS[at % COLOURS.length] as string) };
  const width = 800;
  const legend = series.length * 18 + 10;
  const height = 190;
  const marginLeft = axis === undefined ? 200 : 64;
  const shared = {
    document: document as never,
    width,
    height: axis === undefined ? series.length * 22 + 50 : height,
    marginLeft,
    marginRight: 20,
    marginTop: 28,
    marginBottom: 34,
    style: { background: "none", color: "currentColor", fontFamily: "system-ui, sans-serif", fontSize: "12px" },
  };
  const parts = PANELS.map((panel) => {
    const points = reports.map((report): Point => {
      const { value, low, high } = panel.pick(report);
      const x = axis === undefined ? 0 : axis === "rate" ? (report.workload.rate ?? 0) : report.workload[axis];
      return { series: name(report), x, y: value, low, high };
    });
    const label = { label: panel.title, labelAnchor: "top" as const, labelArrow: "none" as const };
    if (axis === undefined) {
      return Plot.plot({
        ...shared,
        x: { label: panel.title, labelArrow: "none", grid: true, zero: true },
        y: { label: null, domain: series },
        marks: [
          Plot.barX(points, { x: "y", y: "series", fill: (point: Point) => colour.range[series.indexOf(point.series)] as string }),
          Plot.ruleX([0], { stroke: "currentColor" }),
        ],
      });
    }
    const log = axis === "size" || axis === "rate" || axis === "depth";
    return Plot.plot({
      ...shared,
      x: {
        type: log ? "log" : "linear",
        ...(log ? { base: 2 } : {}),
        label: AXIS_WORDS[axis],
        labelArrow: "none",
        ticks: [...new Set(points.map((point) => point.x))],
        tickFormat: (value: number) => String(value),
      },
      y: panel.log
        ? { type: "log", grid: true, ticks: 4, tickFormat: "~s", ...label }
        : { grid: true, zero: true, ticks: 5, tickFormat: "~s", ...label },
      marks: [
        Plot.line(points, {
          x: "x",
          y: "y",
          z: "series",
          stroke: (point: Point) => colour.range[series.indexOf(point.series)] as string,
          strokeWidth: 2,
        }),
        Plot.dot(points, { x: "x", y: "y", r: 2.5, fill: (point: Point) => colour.range[series.indexOf(point.series)] as string }),
      ],
    });
  });
  const each = shared.height;
  const total = parts.length * each + legend;
  const body = parts.map((part, at) => `<g transform="translate(0 ${at * each})">${inner(String(part.outerHTML))}</g>`).join("\n");
  const key = series
    .map(
      (text, at) =>
        `<g transform="translate(${marginLeft} ${parts.length * each + at * 18})"><rect width="22" height="4" y="5" fill="${colour.range[at] as string}"/><text x="30" y="11">${escape(text)}</text></g>`,
    )
    .join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor" color="#1b1f24">
<style>@media (prefers-color-scheme: dark) { svg { color: #e6edf3 } } text { fill: currentColor }</style>
${body}
${key}
</svg>
`;
}

/** Plot's own style block speaks of a class that is not needed here. */
const inner = (svg: string): string => svg.replaceAll(/<style>[\s\S]*?<\/style>/g, "");

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
