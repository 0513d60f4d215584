/** A platform as a page of text: its places and their tables, what accessors and mapping requests turn into, its options; each with its source. */
import type { Platform, RouteKind } from "../platform/platform.js";
import { ROUTE_KINDS } from "../platform/platform.js";
import { applyMapping } from "./mapping.js";
import { cellRule, windowRule } from "./rule.js";
import { PLAIN, type Style } from "./style.js";
import { wrap } from "./wrap.js";

const WIDTH = 100;

/** Name, composition and title of each platform, one a line; ends with a line break. */
export function platformList(platforms: readonly Platform[], style: Style = PLAIN): string {
  const rows = platforms.map((platform) => [
    platform.name,
    `${platform.cpu.name}+${platform.fabric.name}@${platform.era}`,
    platform.conforming ? "conforming" : "",
    platform.title,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, column) => (column < 3 ? text.padEnd(widths[column] as number) : text))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.map((line) => line.replace(/^\S+/, (name) => style.bold(name))).join("\n")}\n`;
}

/** Everything that a platform says; ends with a line break. */
export function platformPage(platform: Platform, style: Style = PLAIN): string {
  const { cpu, fabric } = platform;
  const lines = [
    `${style.bold(platform.name)}: ${platform.title}`,
    `  CPU ${cpu.name}, fabric ${fabric.name}, kernel ${platform.era}; ${platform.conforming ? "conforming" : "not conforming"}`,
    ...(platform.options.length > 0 ? ["", style.bold("Options (what no source settles)"), ...optionLines(platform)] : []),
    "",
    style.bold(`CPU ${cpu.name}: ${cpu.title}`),
    ...source(cpu.source),
    `  a store reaches other CPUs ${cpu.multiCopyAtomic ? "at once" : "one by one"}; devices see it ${cpu.devicesSee === "at-once" ? "with them" : "later"}`,
    `  control dependencies hold back ${cpu.control === "all" ? "all later stores" : "the stores in the branch's arms"}`,
    ...cpu.window.flatMap((_, index) => rule(windowRule(platform, index))),
    "",
    style.bold(`Fabric ${fabric.name}: ${fabric.title}`),
    ...source(fabric.source),
    `  CPU caches ${fabric.coherent ? "see" : "do not see"} DMA to streaming memory`,
    "",
    style.bold("Places"),
    ...fabric.places.flatMap((place) => [
      ...wrap(
        `  ${place.id}: ${place.title}; one per ${place.per}; table ${place.table}${place.credits === undefined ? "" : `; ${place.credits} credits`}`,
        WIDTH,
        6,
      ),
      ...source(place.source),
    ]),
    "",
    style.bold("Routes"),
    ...routeLines(platform),
    ...Object.entries(fabric.tables).flatMap(([name, cells]) => [
      "",
      style.bold(`Table ${name}`),
      ...cells.flatMap((_, index) => rule(cellRule(platform, name, index))),
    ]),
    ...(Object.keys(fabric.tokens).length > 0 ? ["", style.bold("Tokens"), ...tokenLines(platform)] : []),
    "",
    style.bold("Mappings: requested -> on the bus"),
    ...mappingLines(platform),
    "",
    style.bold("Accessors"),
    ...[...platform.accessors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, accessor]) => [
        ...wrap(`  ${name}: ${accessor.text.length === 0 ? "nothing" : accessor.text.join("; ")}`, WIDTH, 6),
        ...source(accessor.source),
      ]),
  ];
  return `${lines.join("\n")}\n`;
}

const source = (text: string): string[] => (text === "" ? [] : wrap(`      [${text}]`, WIDTH, 7));

const rule = ({ id, says, source: cited }: { readonly id: string; readonly says: string; readonly source: string }): string[] => [
  ...wrap(`  ${id.replace(/^[^:]*: /, "")}: ${says}`, WIDTH, 6),
  ...source(cited),
];

function optionLines({ options }: Platform): string[] {
  return options.flatMap((option) => [
    ...wrap(
      `  ${option.id} = ${option.values.map((value) => (value === option.default ? `${value} (default)` : value)).join(" | ")}`,
      WIDTH,
      6,
    ),
    ...wrap(`      ${option.question}`, WIDTH, 6),
    ...source(option.source),
  ]);
}

/** Kinds that go the same way share a line. */
function routeLines({ fabric }: Platform): string[] {
  const ways = new Map<string, RouteKind[]>();
  for (const kind of ROUTE_KINDS) {
    const way = fabric.routes[kind].length === 0 ? "straight there" : fabric.routes[kind].join(" -> ");
    ways.set(way, [...(ways.get(way) ?? []), kind]);
  }
  return [...ways].flatMap(([way, kinds]) => wrap(`  ${kinds.join(", ")}: ${way}`, WIDTH, 6));
}

function tokenLines({ fabric }: Platform): string[] {
  return Object.entries(fabric.tokens).flatMap(([name, token]) => [
    `  ${name}: ${token.route.join(" -> ")}, as ${token.kind}`,
    ...source(token.source),
  ]);
}

const REQUESTS: readonly (readonly string[])[] = ["streaming", "coherent"].flatMap((mode) =>
  [[], ["write-barrier"], ["weak-ordering"], ["relaxed-ordering"], ["prefetch"]].flatMap((more) => [
    [mode, ...more, "mask64"],
    [mode, ...more, "mask32"],
  ]),
);

/** Requests that come to the same by the same rules are not repeated for the narrow mask. */
function mappingLines(platform: Platform): string[] {
  const { options } = platform;
  const settings = new Map(options.map((option) => [option.id, option.default]));
  const shown = (words: readonly string[]): { readonly head: string; readonly body: string; readonly lines: string[] } => {
    const { requested, bits, rules } = applyMapping(platform, words, settings);
    const body = bits.length === 0 ? "nothing" : bits.join(", ");
    const lines = rules.flatMap((applied) => wrap(`      ${applied.id} [${applied.source}]`, WIDTH, 7));
    return { head: requested, body, lines };
  };
  const rows = [...REQUESTS, ["msi"], ["intx"]].map((words) => ({ words, ...shown(words) }));
  return rows.flatMap(({ words, head, body, lines }) => {
    if (words.includes("mask32")) {
      const wide = shown(words.map((word) => (word === "mask32" ? "mask64" : word)));
      if (wide.body === body && wide.lines.join() === lines.join()) return [];
    }
    // A request that adds nothing to the bare mode is only worth a line where something comes of it.
    return [`  ${head} -> ${body}`, ...lines];
  });
}
