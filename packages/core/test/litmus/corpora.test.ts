import { expect, test } from "vitest";
import { parseTest } from "../../src/litmus/parse.js";
import { printTest } from "../../src/litmus/print.js";
import { formatProblem } from "../../src/problem.js";
import { corpora } from "./corpora.js";
import { spanless } from "./spanless.js";

const sources = corpora();

test.skipIf(sources.length === 0)(
  "every corpus test is read and comes back from print (skipped without FENCEPOST_SHARED)",
  () => {
    expect(sources.length).toBe(4151);
    const wrong: string[] = [];
    for (const source of sources) {
      const outcome = parseTest(source);
      if (!outcome.ok) {
        wrong.push(...outcome.problems.map((each) => formatProblem(source, each)));
        continue;
      }
      const text = printTest(outcome.value);
      const again = parseTest({ name: source.name, text });
      if (!again.ok || JSON.stringify(spanless(again.value)) !== JSON.stringify(spanless(outcome.value)))
        wrong.push(`${source.name}: print`);
      else if (printTest(again.value) !== text) wrong.push(`${source.name}: print twice`);
    }
    expect(wrong).toEqual([]);
  },
  60_000,
);
