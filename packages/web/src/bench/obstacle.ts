/** Why a text is not searched: mistakes, or something that the explorer does not run. */
import { computed } from "@preact/signals";
import { modelRows, reading } from "./state.js";

/** In one sentence for the matrix; undefined where the test is searched, or not read yet. */
export const obstacle = computed((): { readonly mistaken: boolean; readonly words: string } | undefined => {
  const read = reading.value;
  if (read === undefined || read.runs) return undefined;
  const errors = read.problems.filter(({ severity }) => severity === "error");
  const first = errors[0]?.message ?? "";
  const unsupported = read.test !== undefined && errors.every(({ code }) => code === "unsupported");
  if (unsupported) {
    const axioms = modelRows.value.length === 0 ? "" : " Below is what the axioms say.";
    return { mistaken: false, words: `Not searched – ${first}.${axioms}` };
  }
  const words = errors.length === 1 ? `One mistake in the test: ${first}.` : `${errors.length} mistakes in the test. The first: ${first}.`;
  return { mistaken: true, words };
});

/** What a tab says that has nothing to show: `nothingTo("explain")`. */
export const nothingTo = (what: string): string =>
  obstacle.value?.mistaken === false
    ? `There is nothing to ${what}: the explorer does not run this test.`
    : `There is nothing to ${what} until the test can be read.`;
