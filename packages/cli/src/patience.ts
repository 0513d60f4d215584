/**
 * Most runs are over in a tenth of a second, and compiling what they run a few times costs more than running it: V8 is told to wait about thirty times longer than it does by
 * itself before it optimises a function. A search of seconds does not notice.
 */
import { setFlagsFromString } from "node:v8";

/** To be called when all modules are loaded: what V8 compiled beforehand it takes only under the flags of then (docs/decisions/0012-bundle.md). */
export function waitBeforeOptimising(): void {
  setFlagsFromString("--interrupt-budget=2000000");
}
