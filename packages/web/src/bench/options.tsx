/** What no source settles: the options that this test reads on this platform. */
import type { Account } from "../engine/protocol.js";
import { Source } from "./source.js";
import { askAgain, settings } from "./state.js";

export function setOption(id: string, value: string | undefined): void {
  settings.value = [...settings.value.filter(([other]) => other !== id), ...(value === undefined ? [] : [[id, value] as const])];
  askAgain();
}

export function Options({ found }: { readonly found: Account }) {
  return (
    <section aria-labelledby="options-title">
      <h3 id="options-title">What no source settles</h3>
      {found.options.map((option) => {
        const set = settings.value.find(([id]) => id === option.id)?.[1];
        return (
          <div key={option.id} class="option">
            <label>
              {option.id}{" "}
              <select value={set ?? ""} onChange={(event) => setOption(option.id, event.currentTarget.value || undefined)}>
                <option value="">open (default {option.default})</option>
                {option.values.map((value) => (
                  <option key={value} value={value}>
                    {value}
                  </option>
                ))}
              </select>
            </label>
            <p>{option.question}</p>
            <p class="source">
              <Source text={option.source} />
            </p>
          </div>
        );
      })}
    </section>
  );
}
