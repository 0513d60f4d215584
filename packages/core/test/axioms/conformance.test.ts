/** A fixed sample of the corpora against herd7's recorded answers; all of them: `npm run conformance`. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { corporaFolder, recordedAnswers, tarFiles } from "../../../../scripts/corpora.mjs";
import { answer } from "../../src/axioms/index.js";
import { noKnownParts, parseTest } from "../../src/litmus/index.js";
import { modelNamed } from "./model.js";

const corpora = corporaFolder();

/** Of each archive every so many-th file: some three hundred in all. */
const EVERY = { "lkmm-kernel": 1, "lkmm-catalogue": 1, "lkmm-paulmck": 21 } as const;

test.skipIf(corpora === undefined)(
  "our lkmm answers as herd7 did with the kernel's",
  () => {
    const folder = corpora as string;
    const rows = recordedAnswers(join(folder, "herd-answers.csv"));
    const { model, session } = modelNamed("lkmm");
    const known = noKnownParts();
    const ours: Record<string, string> = {};
    const theirs: Record<string, string> = {};
    for (const [archive, every] of Object.entries(EVERY)) {
      let index = 0;
      for (const { name, text } of tarFiles(join(folder, `${archive}.tar.gz`))) {
        if (!name.endsWith(".litmus") || index++ % every !== 0) continue;
        const row = rows.get(name);
        if (row === undefined || !["Never", "Sometimes", "Always"].includes(row.herd_result ?? "") || Number(row.seconds) > 0.5) continue;
        theirs[name] = [row.herd_result, row.num_states, row.positive, row.negative, row.flags?.split(";").sort().join(";")].join(" ");
        const parsed = parseTest({ name, text }, known);
        const given = parsed.ok ? answer(parsed.value, model, session) : undefined;
        ours[name] =
          given?.kind !== "answer"
            ? (given?.kind ?? "not read")
            : [
                given.answer.observation,
                given.answer.states.length,
                given.answer.positive,
                given.answer.negative,
                given.answer.flags.join(";"),
              ].join(" ");
      }
    }
    expect(Object.keys(theirs).length).toBeGreaterThan(250);
    expect(ours).toEqual(theirs);
  },
  60_000,
);
