import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { fencepost, file, main, race, root } from "./command.js";

const good = file("good.litmus", race("expect sn2: allowed; pcie: forbidden"));
const differs = file("differs.litmus", race("expect sn2: forbidden"));
const broken = file("broken.litmus", "C broken\n{}\nP0() { foo(*x); \nexists (0:r=1\n");
const rcu = file("rcu.litmus", "C rcu\n{}\nP0(int *x) { rcu_read_lock(); int r0 = READ_ONCE(*x); rcu_read_unlock(); }\nexists (0:r0=1)\n");

test.each([
  ["0: all as expected", ["check", good, "--platform", "sn2,pcie"], 0],
  ["0: nothing expected", ["check", good, "--platform", "arm64"], 0],
  ["1: a verdict differs", ["check", differs, "--platform", "sn2"], 1],
  ["1: unknown, though something is expected", ["check", good, "--platform", "sn2", "--max-states", "1"], 1],
  ["2: no paths", ["check"], 2],
  ["2: no such platform", ["check", good, "--platform", "sn3"], 2],
  ["2: no such option", ["check", good, "--option", "barier=two-way"], 2],
  ["2: no such value", ["check", good, "--platform", "sn2", "--option", "barrier=three-way"], 2],
  ["2: no such command", ["chekc", good], 2],
  ["2: no number", ["check", good, "--max-states", "many"], 2],
  ["3: an input is wrong", ["check", broken], 3],
  ["3: no such file", ["check", "nowhere.litmus"], 3],
  ["3: an expect names no platform", ["check", file("name.litmus", race("expect sn3: allowed")), "--platform", "sn2"], 3],
  ["3 goes before 1", ["check", differs, broken, "--platform", "sn2"], 3],
  ["4: a budget ran out, nothing expected", ["check", good, "--platform", "arm64", "--max-states", "1"], 4],
  ["1 goes before 4", ["check", differs, "--platform", "arm64,sn2", "--max-states", "1"], 1],
  ["0: help", ["--help"], 0],
  ["0: what the explorer does not run is unknown, and nothing is expected", ["check", rcu, "--platform", "x86"], 0],
] as const)("exit code %s", (_, args, code) => {
  expect(fencepost(args).code).toBe(code);
});

test("one test on one platform: the block; several: a table", () => {
  expect(fencepost(["check", good, "--platform", "pcie"]).out).toMatch(
    /^Test race Allowed\nStates 3\n(.*\n)*No\n(.*\n)*pcie: forbidden\nAs expected \(.*good\.litmus:6:22\)\nExplored /,
  );
  expect(fencepost(["check", good, "--platform", "pcie,sn2"]).out).toMatch(
    /^ +pcie +sn2\nrace +forbidden +allowed\n\n1 test on 2 platforms: 2 verdicts, 2 as expected, 0 differ, 0 unknown\n$/,
  );
});

test("a single file is checked on the platforms that it names and the usual ones, a directory on all", () => {
  expect(fencepost(["check", good]).out.split("\n")[0]?.trim().split(/ +/)).toEqual(["sn2", "pcie", "portable", "x86", "arm64"]);
  const all = fencepost(["platforms"]).out.trim().split("\n");
  expect(fencepost(["check", good, differs]).out).toContain(` on ${all.length} platforms`);
});

test("standard input", () => {
  expect(fencepost(["check", "-", "--platform", "sn2,pcie"], race("expect sn2: allowed")).code).toBe(0);
  expect(fencepost(["check", "-"], "what is this").err).toContain("<stdin>:1:1: error[syntax]");
});

test("a wrong file takes nothing from the others", () => {
  const { out, err, code } = fencepost(["check", broken, good, "nowhere.litmus", "--platform", "sn2,pcie"]);
  expect(code).toBe(3);
  expect(out).toMatch(/race +allowed +forbidden/);
  expect(err).toMatch(/broken\.litmus:3:6: error\[unterminated\]/);
  expect(err).toContain("nowhere.litmus: error[file]: no such file or directory");
});

test("what the explorer does not run is named", () => {
  const { out, err } = fencepost(["check", rcu, good, "--platform", "x86"]);
  expect(out).toMatch(/rcu +unknown/);
  expect(out).toContain("`rcu_read_lock`, `rcu_read_unlock`: the explorer does not run RCU");
  expect(err).toBe("");
});

test("an option that is fixed is no longer open", () => {
  const barrier = file("barrier.litmus", race().replace("dma(streaming) int data", "dma(streaming, write_barrier) int data"));
  expect(fencepost(["check", barrier, "--platform", "sn2"]).out).toContain("sn2: depends: allowed; forbidden if barrier = two-way\n");
  expect(fencepost(["check", barrier, "--platform", "sn2", "--option", "barrier=two-way"]).out).toContain("sn2: forbidden\n");
});

test("--expect-only checks what the test speaks of", () => {
  expect(fencepost(["check", good, "--platform", "all", "--expect-only"]).out).toContain(
    "1 test on 2 platforms: 2 verdicts, 2 as expected",
  );
});

test("two names of one machine have the same verdicts", () => {
  const { out } = fencepost(["check", "catalogue/altix", "--platform", "sn2,sn2-pic,x86,pcie", "--json"]);
  const report = JSON.parse(out) as { tests: { verdicts: { platform: string; verdict: string }[] }[] };
  for (const { verdicts } of report.tests) {
    const on = new Map(verdicts.map((each) => [each.platform, each.verdict]));
    expect(on.get("sn2")).toBe(on.get("sn2-pic"));
    expect(on.get("x86")).toBe(on.get("pcie"));
  }
});

test("a verdict does not depend on how it was found", () => {
  const args = ["check", "catalogue/altix", "--platform", "sn2,arm64", "--json"];
  type Report = { tests: { name: string; verdicts: { verdict: string; variants: unknown }[] }[] };
  const verdicts = (more: readonly string[]) =>
    (JSON.parse(fencepost([...args, ...more]).out) as Report).tests.map((each) => [
      each.name,
      each.verdicts.map((verdict) => [verdict.verdict, verdict.variants]),
    ]);
  expect(verdicts(["--reduce", "none"])).toEqual(verdicts([]));
  expect(fencepost(args).out).toBe(fencepost(args).out);
});

test("a budget that runs out says which", () => {
  expect(fencepost(["check", big, "--platform", "ppc64", "--mode", "states", "--reduce", "none", "--timeout", "0.5"]).out).toContain(
    "Unknown because: more than 0.5 s (--timeout)",
  );
});

/** Five threads that write and read each other's locations: much to explore. */
const big = file(
  "big.litmus",
  `C big\n{}\n${[0, 1, 2, 3, 4]
    .map(
      (i) =>
        `P${i}(int *x0, int *x1, int *x2, int *x3, int *x4) { WRITE_ONCE(*x${i}, 1); ${[1, 2, 3].map((k) => `int r${k} = READ_ONCE(*x${(i + k) % 5});`).join(" ")} }`,
    )
    .join("\n")}\nexists (0:r1=5)\nlocations [${[0, 1, 2, 3, 4].map((i) => `${i}:r1; ${i}:r2; ${i}:r3;`).join(" ")}]\n`,
);

// On a busy machine the process may not have come so far: then it is given longer.
test.for([[[good, big]], [[big, good]]])("Ctrl-C prints what is known and exits with 130", { retry: 3 }, async ([paths = []], { task }) => {
  const child = spawn(process.execPath, [main, "check", ...paths, "--platform", "ppc64,arm64", "--mode", "states", "--reduce", "none"], {
    cwd: root,
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  setTimeout(() => child.kill("SIGINT"), 1500 * 2 ** (task.result?.retryCount ?? 0));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(130);
  expect(out).toContain("big");
  expect(out).toContain("stopped by Ctrl-C");
  if (paths[0] === good) expect(out).toMatch(/race +forbidden +forbidden/);
});
