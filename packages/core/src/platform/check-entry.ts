/** Checks that CPUs and fabrics share: conditions, options, kernel versions, accessors, sources. */

import { didYouMean } from "../nearest.js";
import type { Complaints } from "../program/complaints.js";
import type { Span } from "../source.js";
import { ACCESSOR_NAMES, BARRIER_NAMES, KERNEL_STEPS, parseStep } from "./accessor.js";
import type { AccessorData, AccessorTable, Bounds } from "./file.js";
import { type JsonNode, keySpanAt, spanAt } from "./json.js";
import { compareVersions, holdsFor } from "./load.js";
import type { Option } from "./platform.js";
import { quoted } from "./shape.js";

/** Where in a file: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** What a check works on: where the part stands in its file, and where to complain. */
export interface Scene {
  readonly root: JsonNode;
  /** The path of the part: [] for a file of its own. */
  readonly base: Path;
  readonly complaints: Complaints;
}

/** The place of what stands at a path, and of a key there. */
export const at = (scene: Scene, ...path: Path): Span => spanAt(scene.root, [...scene.base, ...path]);
export const keyAt = (scene: Scene, path: Path, key: string): Span => keySpanAt(scene.root, [...scene.base, ...path], key);

/** A cell, a rule, a place without a source warns. */
export function checkSource(scene: Scene, path: Path, what: string, source: string | undefined): void {
  if (source === undefined || source.trim() === "")
    scene.complaints.warning("platform", at(scene, ...path), `${what} names no source`, 'add "source"');
}

/** No two entries have one name. */
export function checkIds(scene: Scene, path: Path, what: string, entries: readonly { readonly id: string }[]): void {
  entries.forEach((entry, index) => {
    if (entries.findIndex((other) => other.id === entry.id) < index)
      scene.complaints.error("duplicate", at(scene, ...path, index, "id"), `there are two ${what} \`${entry.id}\``);
  });
}

/** `known` are the names that a condition can have, options apart. The options that are asked for are added to `asked`. */
export function checkConditions(
  scene: Scene,
  path: Path,
  when: readonly string[],
  known: readonly string[],
  options: readonly Option[],
  asked: Set<string>,
): void {
  when.forEach((condition, index) => {
    const where = at(scene, ...path, index);
    if (condition.startsWith("option:")) {
      const [id = "", value] = condition.slice("option:".length).split("=");
      const option = options.find((candidate) => candidate.id === id);
      asked.add(id);
      if (option === undefined) {
        scene.complaints.error(
          "platform",
          where,
          `there is no option \`${id}\``,
          didYouMean(
            id,
            options.map((candidate) => candidate.id),
          ) ?? 'describe it under "options"',
        );
      } else if (value === undefined || !option.values.includes(value)) {
        scene.complaints.error(
          "platform",
          where,
          `option \`${id}\` has no value \`${value ?? ""}\`; values are ${quoted(option.values)}`,
          didYouMean(value ?? "", option.values),
        );
      }
      return;
    }
    const name = condition.startsWith("!") ? condition.slice(1) : condition;
    if (!known.includes(name))
      scene.complaints.error(
        "platform",
        where,
        `unknown condition \`${condition}\``,
        didYouMean(name, known) ?? `known are ${quoted(known)}`,
      );
  });
}

/** Options and what conditions ask of them fit. */
export function checkOptions(scene: Scene, own: readonly Option[], asked: ReadonlySet<string>): void {
  checkIds(scene, ["options"], "options", own);
  own.forEach((option, index) => {
    checkSource(scene, ["options", index], `the option \`${option.id}\``, option.source);
    if (!option.values.includes(option.default)) {
      scene.complaints.error(
        "platform",
        at(scene, "options", index, "default"),
        `the default \`${option.default}\` is none of the values ${quoted(option.values)}`,
      );
    }
    if (!asked.has(option.id))
      scene.complaints.warning("platform", at(scene, "options", index, "id"), `nothing asks for the option \`${option.id}\``);
  });
}

/** One version in each span of time between the bounds of some entries. */
export function eras(entries: readonly Bounds[]): readonly string[] {
  const marks = entries.flatMap((entry) => [entry.since, entry.before].filter((version) => version !== undefined));
  return ["0", ...[...new Set(marks)].sort(compareVersions)];
}

export function checkBounds(scene: Scene, path: Path, entry: Bounds): void {
  if (entry.since !== undefined && entry.before !== undefined && compareVersions(entry.since, entry.before) >= 0) {
    scene.complaints.error("platform", at(scene, ...path, "before"), `since ${entry.since} and before ${entry.before}: this never holds`);
  }
}

const isList = (entry: AccessorTable[string]): entry is readonly AccessorData[] => Array.isArray(entry);

/** The steps of accessors. `whole`: the table of a CPU, which has to say something of each accessor at every time. */
export function checkAccessors(scene: Scene, own: AccessorTable, whole: AccessorTable | undefined): void {
  for (const [name, entry] of Object.entries(own)) {
    const list = isList(entry) ? entry : [entry];
    const times = eras(list);
    list.forEach((data, index) => {
      const path = isList(entry) ? ["accessors", name, index] : ["accessors", name];
      checkSource(scene, path, `the accessor \`${name}\``, data.source);
      checkBounds(scene, path, data);
      if (times.every((era) => list.findIndex((candidate) => holdsFor(candidate, era)) !== index)) {
        scene.complaints.warning(
          "platform",
          at(scene, ...path),
          `this entry of \`${name}\` is never taken: an earlier one holds at every time`,
        );
      }
      let accesses = 0;
      let unread = 0;
      data.do.forEach((text, step) => {
        const parsed = parseStep(text);
        if (typeof parsed === "string") {
          unread++;
          scene.complaints.error("platform", at(scene, ...path, "do", step), parsed);
        } else if (parsed.kind === "access") accesses++;
      });
      const wanted = BARRIER_NAMES.includes(name) || KERNEL_STEPS.includes(name) ? 0 : 1;
      if (accesses !== wanted && unread === 0) {
        const message =
          wanted === 0
            ? `\`${name}\` is ${KERNEL_STEPS.includes(name) ? "no access" : "a barrier"}: it has no \`access\``
            : `\`${name}\` needs one \`access\` among its steps, and has ${accesses}`;
        scene.complaints.error("platform", at(scene, ...path, "do"), message);
      }
    });
    if (whole !== undefined) {
      const gap = times.find((era) => list.every((candidate) => !holdsFor(candidate, era)));
      if (gap !== undefined) {
        const until = times[times.indexOf(gap) + 1];
        const span = gap === "0" ? `before ${until ?? ""}` : until === undefined ? `since ${gap}` : `from ${gap} to ${until}`;
        scene.complaints.error("platform", keyAt(scene, ["accessors"], name), `no entry of \`${name}\` holds for kernels ${span}`);
      }
    }
  }
  if (whole === undefined) return;
  const missing = ACCESSOR_NAMES.filter((name) => !Object.hasOwn(whole, name));
  if (missing.length > 0) {
    scene.complaints.error(
      "platform",
      keyAt(scene, [], "accessors"),
      `accessors are missing: ${quoted(missing)}`,
      'take over those of another CPU with "like"',
    );
  }
}

/** Is `first`'s answer given wherever `second` would be asked? Then `second` never answers. */
export function implies(second: readonly string[], first: readonly string[]): boolean {
  return first.every((condition) => second.includes(condition));
}

/** Can the conditions never hold together? */
export function contradicts(when: readonly string[]): boolean {
  return when.some((condition) => when.includes(`!${condition}`));
}
