/** The views of the selected cell, as tabs. */
import type { ComponentType } from "preact";
import { later } from "../later.js";
import { Explanation } from "./explanation.js";
import { type Tab, tab } from "./state.js";

const TABS: readonly { readonly id: Tab; readonly label: string; readonly View: ComponentType }[] = [
  { id: "why", label: "Why", View: Explanation },
  { id: "play", label: "Free play", View: later(() => import("./play.js").then((all) => all.FreePlay)) },
  { id: "fixes", label: "Fixes", View: later(() => import("./fixes.js").then((all) => all.FixesView)) },
  { id: "cost", label: "Cost", View: later(() => import("./cost.js").then((all) => all.CostView)) },
];

export function Tabs() {
  const now = TABS.find((each) => each.id === tab.value) ?? (TABS[0] as (typeof TABS)[number]);
  const onKey = (event: KeyboardEvent): void => {
    const move = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (move === 0) return;
    const next = TABS[(TABS.indexOf(now) + move + TABS.length) % TABS.length];
    if (next === undefined) return;
    event.preventDefault();
    tab.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  const { View } = now;
  return (
    <section class="pane why" aria-label="The selected verdict">
      <div class="tabs" role="tablist" aria-label="Views of the selected verdict" onKeyDown={onKey}>
        {TABS.map(({ id, label }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === now.id}
            aria-controls="tab-panel"
            tabIndex={id === now.id ? 0 : -1}
            onClick={() => (tab.value = id)}
          >
            {label}
          </button>
        ))}
      </div>
      <div id="tab-panel" class="panel" role="tabpanel" aria-labelledby={`tab-${now.id}`}>
        <View />
      </div>
    </section>
  );
}
