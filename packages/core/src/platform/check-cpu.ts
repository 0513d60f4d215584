/** What has to be true of a CPU beyond the shape of its file. */
import { accessKinds } from "./accessor.js";
import {
  at,
  checkAccessors,
  checkConditions,
  checkIds,
  checkOptions,
  checkSource,
  contradicts,
  implies,
  type Scene,
} from "./check-entry.js";
import { checkCpuTiming } from "./check-timing.js";
import { ACCESS_FIELDS, ACCESS_RELATIONS } from "./condition.js";
import type { CpuData, CpuFile, WindowRuleData } from "./file.js";
import { LANDING_OPTION } from "./platform.js";

const CONDITIONS = [...ACCESS_RELATIONS, ...ACCESS_FIELDS.flatMap((field) => [`older.${field}`, `younger.${field}`])];

/** `file` is as written, `whole` with everything filled in that it takes over. */
export function checkCpu(scene: Scene, file: CpuFile, whole: CpuData): void {
  checkSource(scene, [], "the CPU", whole.source);
  const asked = new Set<string>();
  const own = file.window ?? [];
  checkIds(scene, ["window"], "rules", own);
  own.forEach((rule, index) => {
    checkSource(scene, ["window", index], `the rule \`${rule.id}\``, rule.source);
    checkConditions(scene, ["window", index, "when"], rule.when ?? [], CONDITIONS, whole.options ?? [], asked);
    checkReach(scene, whole.window, rule, index);
  });
  for (const rule of whole.window.slice(own.length))
    for (const condition of rule.when ?? []) if (condition.startsWith("option:")) asked.add(condition.slice(7).split("=")[0] ?? "");
  // The machine itself asks how DMA lands, where stores reach CPUs one by one.
  if (!whole.multiCopyAtomic) asked.add(LANDING_OPTION);
  checkOptions(scene, file.options ?? [], asked);
  checkAccessors(scene, file.accessors ?? {}, whole.accessors);
  checkCpuTiming(scene, file.timing);
}

const pairs = (rule: WindowRuleData): readonly string[] =>
  (accessKinds(rule.older) ?? []).flatMap((older) => (accessKinds(rule.younger) ?? []).map((younger) => `${older} ${younger}`));

function checkReach(scene: Scene, window: readonly WindowRuleData[], rule: WindowRuleData, index: number): void {
  const when = rule.when ?? [];
  if (contradicts(when)) {
    scene.complaints.warning(
      "platform",
      at(scene, "window", index, "when"),
      `the rule \`${rule.id}\` never holds: its conditions contradict each other`,
    );
    return;
  }
  const before = window.slice(0, index).filter((other) => implies(when, other.when ?? []));
  const left = pairs(rule).filter((pair) => !before.some((other) => pairs(other).includes(pair)));
  if (left.length === 0 && before.length > 0) {
    scene.complaints.warning(
      "platform",
      at(scene, "window", index, "id"),
      `the rule \`${rule.id}\` never decides: \`${before[0]?.id ?? ""}\` stands before it`,
    );
  }
}
