/** Rules with their sources, and the switch that turns one off. */
import type { Rule } from "@fencepost/core/report";
import { signal } from "@preact/signals";
import { Source } from "./source.js";
import { off } from "./state.js";

/** The rule whose table is to be shown. */
export const tableOf = signal<{ readonly platform: string; readonly rule: Rule } | undefined>(undefined);

const same = (a: Rule, b: Rule): boolean => JSON.stringify(a) === JSON.stringify(b);

const isOff = (rules: readonly Rule[]): boolean => rules.every((rule) => off.value.some((other) => same(rule, other)));

/** Turns these rules off, or on again. */
function switchRules(rules: readonly Rule[]): void {
  const rest = off.value.filter((other) => !rules.some((rule) => same(rule, other)));
  off.value = rest.length < off.value.length ? rest : [...rest, ...rules];
}

export function RuleLine({ rule, platform }: { readonly rule: Rule; readonly platform: string }) {
  const opens = rule.kind === "cell" || rule.kind === "window";
  return (
    <div class="rule">
      <p>
        {opens ? (
          <button type="button" class="link" onClick={() => (tableOf.value = { platform, rule })} title="Show the whole table">
            {rule.id}
          </button>
        ) : (
          <strong>{rule.id}</strong>
        )}{" "}
        – {rule.says}
      </p>
      {rule.source === "" ? null : (
        <p class="source">
          <Source text={rule.source} />
        </p>
      )}
    </div>
  );
}

export function RuleSwitch({ rules, label }: { readonly rules: readonly Rule[]; readonly label: string }) {
  const usable = rules.filter((rule) => rule.kind !== "fact");
  if (usable.length === 0) return null;
  const now = isOff(usable);
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={!now} onChange={() => switchRules(usable)} />
      <span>{label}</span>
    </label>
  );
}
