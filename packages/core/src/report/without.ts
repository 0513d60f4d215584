/** Copies of a platform in which some of its rules no longer hold. */
import type { Accessor, Cpu, Pass, Platform } from "../platform/platform.js";
import type { Rule, Strength, Weakness } from "./rule.js";

const WEAKER: { readonly [strength in Strength]: Partial<Cpu> } = {
  multiCopyAtomic: { multiCopyAtomic: false },
  readsJoin: { readsJoin: false },
  addressPending: { addressPending: "may" },
  control: { control: "arms" },
};

const STRONGER: { readonly [weakness in Weakness]: Partial<Cpu> } = {
  multiCopyAtomic: { multiCopyAtomic: true },
  devicesSee: { devicesSee: "at-once" },
  coherent: {},
};

/** A copy of the platform in which these rules no longer hold: what said no says may, what said may says no, what an accessor does besides its access is left out. */
export function without(platform: Platform, rules: readonly Rule[]): Platform {
  let { cpu, fabric, accessors } = platform;
  for (const rule of rules) {
    switch (rule.kind) {
      case "cell": {
        const cells = (fabric.tables[rule.table] ?? []).map((cell, index) =>
          index === rule.index ? { ...cell, pass: opposite(cell.pass) } : cell,
        );
        fabric = { ...fabric, tables: { ...fabric.tables, [rule.table]: cells } };
        break;
      }
      case "window":
        cpu = {
          ...cpu,
          window: cpu.window.map((other, index) => (index === rule.index ? { ...other, pass: opposite(other.pass) } : other)),
        };
        break;
      case "cpu":
        cpu = { ...cpu, ...WEAKER[rule.property] };
        if (rule.property === "multiCopyAtomic") accessors = propagating(accessors);
        break;
      case "weak":
        if (rule.property === "coherent") fabric = { ...fabric, coherent: true };
        else cpu = { ...cpu, ...STRONGER[rule.property] };
        break;
      case "no-rule":
      case "step":
      case "fact":
        break;
    }
  }
  // After the cells, whose positions they would move.
  const added = rules.flatMap((rule) =>
    rule.kind === "no-rule" ? [{ id: rule.id, older: rule.older, younger: rule.younger, when: [], pass: "no" as const, source: "" }] : [],
  );
  if (added.length > 0) cpu = { ...cpu, window: [...added, ...cpu.window] };
  const left = rules.filter((rule) => rule.kind === "step");
  if (left.length > 0) accessors = withoutSteps(accessors, left);
  return { ...platform, cpu, fabric, accessors };
}

const opposite = (pass: Pass): Pass => (pass === "no" ? "may" : "no");

/** Where stores reach others one by one, a fence has to say how far it sees to that; a platform that need not say it gets what its fences are elsewhere. */
function propagating(accessors: Platform["accessors"]): Platform["accessors"] {
  const steps = (accessor: Accessor): Accessor["steps"] =>
    accessor.steps.map((step) => {
      if (step.kind !== "fence" || step.propagates !== "none") return step;
      return { ...step, propagates: step.before.includes("write") && step.after.includes("read") ? "strong" : "cumulative" };
    });
  return new Map([...accessors].map(([name, accessor]) => [name, { ...accessor, steps: steps(accessor) }]));
}

function withoutSteps(
  accessors: Platform["accessors"],
  rules: readonly { readonly accessor: string; readonly index: number }[],
): Platform["accessors"] {
  const result = new Map<string, Accessor>(accessors);
  for (const [name, accessor] of accessors) {
    const gone = rules.filter((rule) => rule.accessor === name).map((rule) => rule.index);
    if (gone.length === 0) continue;
    const steps = accessor.steps.flatMap((step, index) => {
      if (!gone.includes(index)) return [step];
      // The access itself stays; only its waiting goes.
      return step.kind === "access" ? [{ ...step, waits: false }] : [];
    });
    result.set(name, { ...accessor, steps });
  }
  return result;
}
