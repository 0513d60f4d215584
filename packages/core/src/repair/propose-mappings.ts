/** Mapping requests: what a driver can ask of the DMA API for a location, as far as a platform in question listens. */
import type { Declaration } from "../litmus/test.js";
import type { Platform } from "../platform/platform.js";
import { arrayOf, type Location } from "../program/program.js";
import { type Change, replacement, type TextEdit } from "./change.js";
import { change, type Proposer, type Site, together } from "./site.js";

type LocationDeclaration = Extract<Declaration, { kind: "location" }>;

/** Does a mapping rule or a table of one of the platforms ask for this word? */
function asked(platforms: readonly Platform[], words: readonly string[]): boolean {
  const hears = (when: readonly string[]): boolean =>
    when.some((condition) => words.includes(condition.replace(/^!/, "").replace(/^(younger|older)\./, "")));
  return platforms.some(
    ({ fabric }) =>
      fabric.mapping.some(({ when }) => hears(when)) || Object.values(fabric.tables).some((cells) => cells.some(({ when }) => hears(when))),
  );
}

/** Attributes that, taken away, leave a stricter mapping: the language's word, the vocabulary's, the location's field. */
const LOOSE = [
  ["weak_ordering", "weak-ordering", "weakOrdering", "DMA_ATTR_WEAK_ORDERING"],
  ["relaxed_ordering", "relaxed-ordering", "relaxedOrdering", "IBV_ACCESS_RELAXED_ORDERING"],
  ["prefetch", "prefetch", "prefetch", "the prefetch attribute"],
] as const;

export const proposeMappings: Proposer = (subject, platforms) => {
  const { test, program, source } = subject;
  const sites: Site[] = [];
  for (const declaration of test.init) {
    if (declaration.kind !== "location" || !declaration.dma) continue;
    // The members of a structure are mapped together, where they are declared together.
    const siblings = test.init.filter((other) => other.kind === "location" && other.span.start === declaration.span.start);
    if (siblings[0] !== declaration) continue;
    const names = siblings.flatMap((each) => (each.kind === "location" ? [each.name] : []));
    const name = siblings.length > 1 ? [...new Set(names.map((each) => each.replace(/\..*/, "")))].join(" and ") : declaration.name;
    const location = program.locations.find(({ name, owner }) => owner === -1 && arrayOf(name) === declaration.name);
    if (location === undefined || location.mapping.mode !== "streaming") continue;
    const strongest: Change[] = [];
    const add = (what: string, edit: TextEdit, words: string, short: string): void => {
      strongest.push(
        change({
          id: `map-${name}-${what}`,
          site: `map-${name}`,
          kind: "mapping",
          words,
          short,
          operation: what,
          edits: [edit],
        }),
      );
    };
    if (asked(platforms, ["write-barrier"]) && !location.mapping.writeBarrier) {
      add(
        "write_barrier",
        withAttribute(source.text, declaration, "write_barrier"),
        `map ${name} with DMA_ATTR_WRITE_BARRIER`,
        `map ${name} with DMA_ATTR_WRITE_BARRIER`,
      );
    }
    if (asked(platforms, ["coherent", "streaming"]) || platforms.some(({ fabric }) => !fabric.coherent)) {
      const edit = coherently(source.text, declaration, location);
      if (edit !== undefined) add("coherent", edit, `allocate ${name} with dma_alloc_coherent`, `put ${name} into coherent memory`);
    }
    for (const [word, vocabulary, field, title] of LOOSE) {
      if (!location.mapping[field] || !asked(platforms, [vocabulary])) continue;
      const attribute = declaration.attributes.find(({ name }) => name === word);
      if (attribute === undefined) continue;
      add(`no-${word}`, without(source.text, attribute.span), `map ${name} without ${title}`, `map ${name} without ${title}`);
    }
    if (strongest.length > 0) sites.push({ strongest, weaker: [] });
  }
  return together(sites);
};

/** `dma(streaming)` to `dma(streaming, write_barrier)`. */
function withAttribute(text: string, declaration: LocationDeclaration, word: string): TextEdit {
  const last = declaration.attributes.at(-1);
  if (last !== undefined) return replacement({ start: last.span.end, end: last.span.end }, `, ${word}`);
  const list = /^dma\s*\(\s*\)/.exec(text.slice(declaration.span.start));
  const start = declaration.span.start;
  return replacement({ start, end: start + (list?.[0].length ?? 3) }, `dma(${word})`);
}

/** `streaming` to `coherent`, what only streaming mappings take left out. */
function coherently(text: string, declaration: LocationDeclaration, location: Location): TextEdit | undefined {
  if (location.mapping.mode !== "streaming") return undefined;
  const kept = declaration.attributes.filter(({ name }) => name === "mask" || name === "for");
  const words = ["coherent", ...kept.map(({ span }) => text.slice(span.start, span.end))].join(", ");
  const first = declaration.attributes[0];
  const last = declaration.attributes.at(-1);
  if (first === undefined || last === undefined) return withAttribute(text, declaration, "coherent");
  return replacement({ start: first.span.start, end: last.span.end }, words);
}

/** An attribute and the comma beside it. */
export function without(text: string, span: { readonly start: number; readonly end: number }): TextEdit {
  const before = /,\s*$/.exec(text.slice(0, span.start));
  if (before !== null) return replacement({ start: span.start - before[0].length, end: span.end }, "");
  const after = /^\s*,\s*/.exec(text.slice(span.end));
  return replacement({ start: span.start, end: span.end + (after?.[0].length ?? 0) }, "");
}
