/** The workbench: test, verdicts, explanation. */
import { LazyEditor } from "../editor/lazy-editor.js";
import { Lead } from "./lead.js";
import { Matrix } from "./matrix.js";
import { reading } from "./state.js";
import { TableDialog } from "./table.js";
import { Tabs } from "./tabs.js";

export function Bench() {
  return (
    <>
      <Lead />
      <div class="panes">
        <section class="pane test" aria-labelledby="test-title">
          <header>
            <h2 id="test-title">Test</h2>
            <span id="editor-keys" class="faint">
              Esc then Tab leaves
            </span>
          </header>
          <LazyEditor />
          <Problems />
        </section>
        <Matrix />
        <Tabs />
      </div>
      <TableDialog />
    </>
  );
}

/** Errors and warnings under the text, for those who do not see the underlining. */
function Problems() {
  const problems = reading.value?.problems ?? [];
  return (
    <ul class="problems" aria-live="polite" aria-label="Problems in the test">
      {problems.slice(0, 6).map((problem, index) => (
        <li key={index} class={problem.severity}>
          <strong>{problem.severity}</strong> {problem.message}
          {problem.hint === undefined ? null : <span class="faint"> – {problem.hint}</span>}
        </li>
      ))}
    </ul>
  );
}
