// One simulation in a process of its own: `node sim.mjs TEST PLATFORM MESSAGES` prints events, CPU seconds of the run and the most memory the process held, as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const core = fileURLToPath(new URL("../../packages/core/dist", import.meta.url));
const load = (path) => import(join(core, path, "index.js"));
const [{ simulate }, { platform }, { parseTest }, { lowerTest }] = await Promise.all([
  load("simulate"),
  load("platform"),
  load("litmus"),
  load("program"),
]);
const [path, name, messages] = process.argv.slice(2);
const source = { name: path, text: readFileSync(path, "utf8") };
const program = lowerTest(parseTest(source).value, source).value;
const begin = process.cpuUsage();
const result = simulate(program, platform(name), { messages: Number(messages), size: 512, hops: 4 });
const { user, system } = process.cpuUsage(begin);
if (!result.ok) throw new Error(result.why.message);
console.log(
  JSON.stringify({ events: result.report.events, seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 }),
);
