/** Repairs: the smallest sets of changes that forbid the outcome, each proved, with its price. */
import { signal } from "@preact/signals";
import type { Fixes, Price } from "../engine/protocol.js";
import { asking } from "./asked.js";
import { nothingTo } from "./obstacle.js";
import { notice, platforms, reading, selected, setText, tab } from "./state.js";

/** Repair for all platforms of the matrix at once, or for the selected one. */
const everywhere = signal(false);

const { use } = asking(
  (engine, question, names) => engine.fixes(question, names),
  () => (everywhere.value ? platforms.value : []),
);

const figure = (price: Price): string => `${time(price.cpu)} of CPU time and ${time(price.latency)} of latency`;

const time = (nanoseconds: number): string =>
  nanoseconds < 1000 ? `${nanoseconds.toFixed(nanoseconds < 10 ? 1 : 0)} ns` : `${(nanoseconds / 1000).toFixed(1)} µs`;

export function FixesView() {
  const asked = use();
  return (
    <section class="fixes" aria-labelledby="fixes-title">
      <div class="player-head">
        <h3 id="fixes-title">What would forbid it</h3>
        <label class="switch">
          <input type="checkbox" role="switch" checked={everywhere.value} onChange={() => (everywhere.value = !everywhere.value)} />
          <span>on every platform of the matrix</span>
        </label>
      </div>
      {reading.value?.runs === false ? (
        <p>{nothingTo("repair")}</p>
      ) : asked === undefined ? (
        <p role="status">Searching for repairs {everywhere.value ? "for every platform" : `for ${selected.value ?? ""}`} …</p>
      ) : "fault" in asked ? (
        <p class="error">{asked.fault}</p>
      ) : (
        <Found found={asked.answer} />
      )}
    </section>
  );
}

function Found({ found }: { readonly found: Fixes }) {
  return (
    <>
      <p role="status">{headOf(found)}</p>
      {found.before === undefined ? null : (
        <p class="faint">
          As it is, simulated on {found.platforms[0]}: {figure(found.before)} for each message.
        </p>
      )}
      {found.answers.map((answer, index) => (
        <article key={index} class="reason" aria-label={`Repair ${index + 1}`}>
          <p class="fix-head">
            <span class={`soundness ${answer.soundness}`}>{answer.soundness}</span>
            <span class="faint">
              {answer.costs[0]?.words}
              {answer.price === undefined ? "" : `; in all ${figure(answer.price)}`}
            </span>
          </p>
          <ul class="mapping">
            {answer.changes.map((change) => (
              <li key={change}>{change}</li>
            ))}
          </ul>
          {answer.caution === undefined ? null : <p class="caution">{answer.caution}</p>}
          <details>
            <summary>Patch</summary>
            <pre tabIndex={0}>{`${answer.commit}\n\n${answer.patch}`}</pre>
          </details>
          <button
            type="button"
            onClick={() => {
              setText(answer.text);
              tab.value = "why";
              notice.value = { kind: "done", text: "The repair is in the test; Ctrl+Z in the editor takes it back." };
            }}
          >
            Apply to the test
          </button>
        </article>
      ))}
      {found.obstacle === undefined ? null : (
        <div>
          <p class="tag">A bad run on {found.obstacle.platform} that they leave:</p>
          <ol class="listing">
            {found.obstacle.run.map((line, index) => (
              <li key={index}>{line}</li>
            ))}
          </ol>
        </div>
      )}
      {found.rejected.length === 0 ? null : (
        <div>
          <p class="tag">These forbid it at too high a price:</p>
          <ul class="mapping">
            {found.rejected.slice(0, 5).map((each, index) => (
              <li key={index}>
                {each.changes.join("; ")} <span class="faint">({`${each.platform}: ${each.reason}`})</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {found.superfluous.length === 0 ? null : (
        <div>
          <p class="tag">Not needed here:</p>
          <ul class="mapping">
            {found.superfluous.map((each, index) => (
              <li key={index}>
                {each.words}
                {each.instead.length === 0 ? "" : `: ${each.instead.join(" or ")} would do`}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function headOf(found: Fixes): string {
  const where = found.platforms.join(", ");
  switch (found.outcome) {
    case "not-needed":
      return `Forbidden as it is on ${where}: nothing has to be repaired.`;
    case "none":
      return `No set of at most ${found.complete ?? 0} of the ${found.candidates} changes that this test allows forbids it on ${where}.`;
    case "unknown":
      return `Not known: ${found.stopped ?? "the model does not reach"}.`;
    case "repaired":
      return `${found.answers.length} ${found.answers.length === 1 ? "repair" : "repairs"} for ${where}, cheapest first${
        found.complete === undefined ? `; others may be missing (${found.stopped ?? "a budget ran out"})` : ""
      }. Each was proved by the explorer.`;
  }
}
