/** What a test's header says of how it is run: `Variant=lkmmv2`, `Unroll=3`. It stands above the options of the command line, as in herd7. */
import type { Test } from "@fencepost/core/litmus";
import { UsageError } from "../exit.js";
import { loadModel } from "./model.js";
import { type HerdOptions, withVariants } from "./options.js";
import type { Shared } from "./run.js";

/** The options of this test, with the model that they ask for; throws a `UsageError` on what has no meaning. */
export function withHeader(shared: Shared, test: Test): Shared {
  if (test.info.length === 0) return shared;
  const stated = (key: string): string | undefined => test.info.find((each) => each.key.toLowerCase() === key)?.value.trim();
  const unroll = stated("unroll");
  const variants = stated("variant");
  const { options } = shared;
  if (unroll === undefined && variants === undefined) return shared;
  if (unroll !== undefined && !/^\d+$/.test(unroll)) throw new UsageError(`Unroll=${unroll}: a whole number is needed`);
  const asked: HerdOptions = {
    ...options,
    unroll: unroll === undefined ? options.unroll : Number(unroll),
    variants: withVariants(options.variants, variants?.split(/[\s,]+/).filter((each) => each !== "") ?? []),
  };
  if (asked.variants.join() === options.variants.join()) return { ...shared, options: asked };
  const key = asked.variants.join();
  let models = shared.otherModels.get(key);
  if (models === undefined) {
    const loaded = loadModel(asked);
    models = { loaded, session: loaded.model.session() };
    shared.otherModels.set(key, models);
  }
  return { ...shared, ...models, options: asked };
}
