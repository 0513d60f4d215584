/** Scripts that call `herd7` and read what it prints: what the Linux kernel's look at, read in their way. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { main } from "./command.js";

const folder = mkdtempSync(join(tmpdir(), "fencepost-scripts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
put("herd7", `#!/bin/sh\nexec "${process.execPath}" "${main}" herd --herd-exit "$@"\n`);
chmodSync(join(folder, "herd7"), 0o755);

const message = (name: string, between: string): string => `C ${name}
{}
P0(int *x, int *y) { WRITE_ONCE(*x, 1); smp_wmb(); WRITE_ONCE(*y, 1); }
P1(int *x, int *y) { int r0 = READ_ONCE(*y); ${between} int r1 = READ_ONCE(*x); }
exists (1:r0=1 /\\ 1:r1=0)
`;
put("never.litmus", message("never", "smp_rmb();"));
put("sometimes.litmus", message("sometimes", ""));
put("again.litmus", message("never", "smp_rmb();"));
put("other.litmus", message("never", "smp_mb();"));
put("macro.litmus", message("macro", "smp_nothing();"));
put("race.litmus", message("race", "").replace("WRITE_ONCE(*x, 1)", "*x = 1"));
put(
  "deadlock.litmus",
  "C deadlock\n{}\nP0(spinlock_t *s, int *x) { spin_lock(s); spin_lock(s); WRITE_ONCE(*x, 1); spin_unlock(s); spin_unlock(s); }\nexists (x=1)\n",
);

/** Runs a script in the folder, with this `herd7` before all others. */
function sh(script: string): string {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}`, NO_COLOR: "1" };
  return execFileSync("sh", ["-c", script], { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

describe.skipIf(spawnSync("sh", ["-c", ":"]).status !== 0)("a script", () => {
  test("judges by the third word of Observation, by flags and by counts", () => {
    const judged = sh(`for t in never sometimes race deadlock; do
      herd7 $t.litmus > $t.out 2>&1 || echo "failed $?"
      grep '^Observation' $t.out | awk '{ print $3 }'
      if grep -q '^Flag data-race$' $t.out; then echo race; fi
      if grep '^Observation' $t.out | grep -q 'Never 0 0$'; then echo deadlock; fi
    done`);
    expect(judged.split("\n")).toEqual(["Never", "Sometimes", "Sometimes", "race", "Never", "deadlock", ""]);
  });

  test("learns which macro is not known, and sees no failure", () => {
    const script = `herd7 macro.litmus > macro.out 2>&1; echo "ended with $?"
      grep -q '^Observation' macro.out || grep ': Unknown macro ' macro.out | sed -e 's/^.*: Unknown macro //'`;
    expect(sh(script)).toBe("ended with 0\nsmp_nothing\n");
  });

  test("finds the same twice, but for the time", () => {
    const script = `herd7 never.litmus sometimes.litmus > first 2>&1; herd7 never.litmus sometimes.litmus > second 2>&1
      for f in first second; do grep -v 'maxresident)k\\|minor)pagefaults\\|^Time' $f > $f.cut; done; cmp first.cut second.cut && grep -c '^Hash=' first`;
    expect(sh(script)).toBe("2\n");
  });

  test("finds each name once: the same test again is left out, another of that name told", () => {
    const out = sh("herd7 never.litmus again.litmus other.litmus 2> told | grep -c '^Test never'; cat told");
    expect(out).toBe(
      "1\nother.litmus: error[duplicate]: never.litmus has another test of the name never\n  hint: give one of them another name, or ask for --json\n",
    );
  });

  test("names tests as herd7 does, without .litmus", () => {
    put("named.litmus", message("named.litmus", "smp_rmb();"));
    put("fromfile.litmus", message("--", "smp_rmb();"));
    expect(sh("herd7 -oknames named,fromfile never.litmus named.litmus fromfile.litmus | grep '^Observation'")).toBe(
      "Observation named Never 0 3\nObservation fromfile Never 0 3\n",
    );
  });
});
