import { readFileSync, readdirSync } from "node:fs";
import { test } from "vitest";
import { BUILTIN } from "/work/main/packages/core/src/platform/builtin.js";
import { findPlatform, library } from "/work/main/packages/core/src/platform/load.js";
import { parseTest } from "/work/main/packages/core/src/litmus/parse.js";
import { lowerTest } from "/work/main/packages/core/src/program/lower.js";
import { check, DEFAULT_LIMITS } from "/work/main/packages/core/src/explore/verdict.js";
import { formatProblem } from "/work/main/packages/core/src/problem.js";
const l = library(BUILTIN);
test("scenarios", { timeout: 600000 }, () => {
  const lines: string[] = [];
  const text = readFileSync(process.env["SC"] ?? "/tmp/sc/a.txt", "utf8");
  for (const body of text.split(/^====.*\n/m)) {
    if (body.trim() === "") continue;
    const source = { name: "t", text: body };
    const parsed = parseTest(source);
    if (!parsed.ok) { lines.push(body.slice(0,40) + parsed.problems.map(p => formatProblem(source, p)).join("\n")); continue; }
    const low = lowerTest(parsed.value, source);
    if (!low.ok) { lines.push(body.slice(0,40) + low.problems.map(p => formatProblem(source, p)).join("\n")); continue; }
    for (const e of parsed.value.expects) {
      const names = e.platform === "all" ? [...l.machines.values()].filter(m => m.conforming && !["pcie"].includes(m.name)).map(m => m.name) : [e.platform];
      for (const name of names) {
        if (e.platform === "all" && parsed.value.expects.some(x => x.platform === name)) continue;
        const p = findPlatform(l, name);
        if (!p) { lines.push("no platform " + name); continue; }
        try {
        const t = Date.now();
        const v = check(low.value, p, { ...DEFAULT_LIMITS, maxStates: 300000 });
        const ok = v.byDefault === e.verdict && !v.vacuous;
        const ms = Date.now() - t;
        lines.push(`${ok ? "  ok" : "FAIL"} ${parsed.value.name} ${name}: ${v.verdict}${v.vacuous ? " vacuous" : ""}/${v.byDefault} (expected ${e.verdict}) ${v.variants.map(x => x.settings.map(s => s.option + "=" + s.value).join() + ":" + x.verdict).join(" ")} ${ms > 500 ? ms + "ms" : ""}`);
        } catch (err) { lines.push(`ERR ${parsed.value.name} ${name}: ${(err as Error).message.slice(0, 200)}`); }
      }
    }
  }
  console.log(lines.filter(x => process.env["ALL"] || !x.startsWith("  ok") || x.includes("depends") || x.includes("ms")).join("\n") + `\n${lines.filter(x => x.startsWith("  ok")).length} ok of ${lines.length}`);
});
