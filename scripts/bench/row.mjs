// One row in a process of its own: node row.mjs N M CURE PLATFORM MODE REDUCE MAX-STATES. Prints JSON; CPU time is the whole process's, Node's start included.
import "../../packages/cli/dist/patience.js";
import { search } from "../../packages/core/dist/explore/index.js";
import { parseTest } from "../../packages/core/dist/litmus/index.js";
import { buildMachine } from "../../packages/core/dist/machine/index.js";
import { platform } from "../../packages/core/dist/platform/index.js";
import { lowerTest } from "../../packages/core/dist/program/index.js";
import { family } from "./family.mjs";

const [n, m, cure, name, mode, reduce, maxStates] = process.argv.slice(2);
const source = { name: "bench", text: family(Number(n), Number(m), cure) };
const parsed = parseTest(source);
const program = parsed.ok ? lowerTest(parsed.value, source) : parsed;
if (!program.ok) throw new Error(JSON.stringify(program.problems));
const before = process.cpuUsage();
const result = search(buildMachine(program.value, platform(name)), { mode, reduce, maxStates: Number(maxStates) });
const after = process.cpuUsage(before);
const whole = process.cpuUsage();
console.log(
  JSON.stringify({
    verdict: result.satisfiable ? "allowed" : result.complete ? "forbidden" : "unknown",
    states: result.states,
    transitions: result.transitions,
    bytes: result.bytes,
    searchSeconds: (after.user + after.system) / 1e6,
    seconds: (whole.user + whole.system) / 1e6,
    megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
