/** The one sentence that says what is seen. */
import type { Cell } from "../engine/protocol.js";
import { obstacle } from "./obstacle.js";
import { cells, platforms, reading } from "./state.js";

const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

export function Lead() {
  const test = reading.value?.test;
  const on = (verdict: string): string[] =>
    platforms.value.filter((name) => {
      const cell = cells.value.get(name);
      return typeof cell === "object" && "byDefault" in cell && (cell as Cell).byDefault === verdict;
    });
  const [allowed, forbidden] = [on("allowed"), on("forbidden")];
  if (reading.value === undefined) return <p class="lead">Reading the test …</p>;
  if (test === undefined || obstacle.value?.mistaken === true) return <p class="lead">The test has errors: they are marked in its text.</p>;
  const quoted = test.doc === undefined ? test.name : `“${test.doc.replace(/\.$/, "")}”`;
  return (
    <p class="lead">
      <span class="lead-doc">{quoted}</span>{" "}
      {allowed.length > 0 ? (
        <>
          can happen on <strong class="on allowed">{joined(allowed)}</strong>
        </>
      ) : null}
      {allowed.length > 0 && forbidden.length > 0 ? ", and cannot on " : forbidden.length > 0 ? "cannot happen on " : null}
      {forbidden.length > 0 ? <strong class="on forbidden">{joined(forbidden)}</strong> : null}
      {allowed.length + forbidden.length > 0 ? "." : null}
    </p>
  );
}
