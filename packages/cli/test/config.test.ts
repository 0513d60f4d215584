import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, test } from "vitest";
import { configSchema } from "../src/config.js";
import { main, type Ran, race, root } from "./command.js";

// On a busy machine a process takes its time.
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function folder(files: { readonly [path: string]: string }): string {
  const made = mkdtempSync(join(tmpdir(), "fencepost-config-"));
  folders.push(made);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(made, dirname(path)), { recursive: true });
    writeFileSync(join(made, path), text);
  }
  return made;
}

function run(cwd: string, ...args: string[]): Ran {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, env, encoding: "utf8", timeout: 300_000 });
  return { code: status, out: stdout, err: stderr };
}

const tests = { "litmus/race.litmus": race("expect sn2: allowed; pcie: forbidden") };

describe("what a configuration says", () => {
  test("tests, platforms, budgets and formats; the command line goes before it", () => {
    const config = { tests: ["litmus"], platforms: ["sn2", "pcie"], maxStates: 1, format: ["markdown=out/summary.md"] };
    const here = folder({ ...tests, "fencepost.config.json": JSON.stringify(config), "out/x": "" });
    const small = run(here, "check");
    expect(small.code).toBe(1);
    expect(small.out).toContain("1 test on 2 platforms: 2 verdicts, 0 as expected, 2 differ, 2 unknown");
    expect(readFileSync(join(here, "out/summary.md"), "utf8")).toContain("| race | **unknown** ✗ allowed | **unknown** ✗ forbidden |");
    const more = run(here, "check", "--max-states", "1000", "--platform", "sn2");
    expect(more.code).toBe(0);
    expect(more.out).toContain("1 test on 1 platform: 1 verdict, 1 as expected");
    expect(run(here, "check", "--no-config").code).toBe(2);
  });

  test("it is found from a folder below, and its paths are seen from where it is", () => {
    const here = folder({
      ...tests,
      "package.json": JSON.stringify({ name: "x", fencepost: { tests: ["litmus/race.litmus"], platforms: ["sn2"] } }),
      "sub/deep/x": "",
    });
    const { code, out } = run(join(here, "sub/deep"), "check");
    expect(out).toContain("As expected (../../litmus/race.litmus:6:8)");
    expect(code).toBe(0);
  });

  test("modules, and --config", () => {
    const here = folder({
      ...tests,
      "a.mjs": 'export default { tests: ["litmus"], platforms: ["sn2"] };',
      "b.cjs": 'module.exports = { tests: ["litmus"], platforms: ["pcie"] };',
      "my-board.json": readFileSync(join(root, "docs/platforms.md"), "utf8").match(/```json\n(\{\s*"kind": "platform".*?)```/s)?.[1] ?? "",
      "c.json": JSON.stringify({ platformFiles: ["my-board.json"], platforms: ["my-board"], tests: ["litmus"], options: { credits: "4" } }),
    });
    expect(run(here, "check", "--config", "a.mjs").out).toContain("sn2");
    expect(run(here, "check", "--config", "b.cjs").out).toContain("pcie");
    expect(run(here, "check", "--config", "c.json").out).toContain("my-board");
  });

  test("explain takes the budgets and leaves the platforms alone", () => {
    const here = folder({ ...tests, "fencepost.config.json": JSON.stringify({ platforms: ["pcie"], maxStates: 1 }) });
    const { out } = run(here, "explain", "litmus/race.litmus", "--platform", "sn2");
    expect(out).toContain("race on sn2: unknown");
    expect(out).toContain("more than 1 states");
  });
});

describe("the other commands", () => {
  const config = { platforms: ["sn2", "pcie", "portable"], options: { barrier: "two-way" }, maxStates: 1, timeout: 60 };
  const board = readFileSync(join(root, "docs/platforms.md"), "utf8").match(/```json\n(\{\s*"kind": "platform".*?)```/s)?.[1] ?? "";

  test("fix repairs for its platforms, within its budgets; the command line goes before it", () => {
    const here = folder({ ...tests, "fencepost.config.json": JSON.stringify(config) });
    const small = run(here, "fix", "litmus/race.litmus", "--json");
    expect(JSON.parse(small.out)).toMatchObject({ outcome: "unknown", platforms: ["sn2", "pcie", "portable"] });
    expect(small.code).toBe(4);
    const more = run(here, "fix", "litmus/race.litmus", "--json", "--max-states", "100000", "--platform", "pcie");
    expect(JSON.parse(more.out)).toMatchObject({ outcome: "not-needed", platforms: ["pcie"] });
    expect(run(here, "fix", "litmus/race.litmus", "--no-config").code).toBe(0);
  });

  test("sim takes those of its platforms that have times, and its options where a platform knows them", () => {
    const here = folder({
      ...tests,
      "fencepost.config.json": JSON.stringify({ ...config, options: { "pio-replies": "unordered", "peer-to-peer": "parted" } }),
    });
    const several = run(here, "sim", "litmus/race.litmus", "--messages", "100", "--json");
    expect(
      (JSON.parse(several.out) as { simulations: { platform: string }[]; failures: unknown[] }).simulations.map((each) => each.platform),
    ).toEqual(["sn2", "pcie"]);
    expect(several.code).toBe(0);
    // One that is asked for by name has to have times.
    expect(run(here, "sim", "litmus/race.litmus", "--platform", "portable").out).toContain("has no times");
    expect(run(here, "sim", "litmus/race.litmus", "--platform", "sn2", "--option", "peer-to-peer=parted").err).toContain(
      "no platform here has an option",
    );
  });

  test("platforms lists the files that it names", () => {
    const here = folder({ "board.json": board, "fencepost.config.json": JSON.stringify({ platformFiles: ["board.json"] }), "sub/x": "" });
    expect(run(join(here, "sub"), "platforms").out).toContain("my-board");
    expect(run(here, "platforms", "show", "my-board").out).toContain("erratum-17");
    expect(run(here, "platforms", "--no-config").out).not.toContain("my-board");
  });

  test("herd takes its time limit", () => {
    const sb = `C SB
{ }
P0(int *x, int *y) { WRITE_ONCE(*x, 1); int r0 = READ_ONCE(*y); }
P1(int *x, int *y) { WRITE_ONCE(*y, 1); int r0 = READ_ONCE(*x); }
exists (0:r0=0 /\\ 1:r0=0)`;
    const here = folder({
      "sb.litmus": sb,
      "fencepost.config.json": '{ "timeout": 1e-9 }',
      "good.json": '{ "timeout": 60 }',
      "bad.json": '{ "timeuot": 60 }',
    });
    const inTime = run(here, "herd", "--config", "good.json", "sb.litmus");
    expect(inTime.out).toContain("Observation SB Sometimes");
    expect(inTime.code).toBe(0);
    const wrong = run(here, "herd", "--config", "bad.json", "sb.litmus");
    expect(wrong.err).toContain("unknown key `timeuot` in the configuration");
    expect(wrong.code).toBe(3);
    expect(run(here, "herd", "sb.litmus").err).toContain("fencepost.config.json:1:14: error[config]");
    expect(run(here, "herd", "--no-config", "sb.litmus").err).toBe("");
  });

  test("a mistake in it is told by each, and is an input that is wrong", () => {
    const here = folder({ ...tests, "fencepost.config.json": '{ "platform": ["sn2"] }' });
    for (const args of [
      ["fix", "litmus/race.litmus"],
      ["sim", "litmus/race.litmus", "--messages", "10"],
      ["platforms"],
      ["explain", "litmus/race.litmus"],
    ]) {
      const { code, err } = run(here, ...args);
      expect(err).toContain("did you mean `platforms`?");
      expect(code).toBe(3);
    }
  });

  test("an option that only some platforms have is no mistake", () => {
    const here = folder({ ...tests, "fencepost.config.json": JSON.stringify({ options: { "pio-replies": "unordered" } }) });
    expect(run(here, "check", "litmus/race.litmus", "--platform", "pcie").code).toBe(0);
    expect(run(here, "explain", "litmus/race.litmus", "--platform", "pcie").err).toBe("");
    const wrong = folder({ ...tests, "fencepost.config.json": JSON.stringify({ options: { "pio-reply": "unordered" } }) });
    expect(run(wrong, "check", "litmus/race.litmus", "--platform", "pcie").err).toContain("no platform here has an option 'pio-reply'");
  });
});

describe("mistakes", () => {
  const said = (files: { readonly [path: string]: string }, ...args: string[]): Ran =>
    run(folder({ ...tests, ...files }), "check", ...args);

  test("all at once, each with its line, its column and what is meant", () => {
    const { code, err, out } = said({
      "fencepost.config.json":
        '{\n  "test": ["litmus"],\n  "platforms": ["sn2", "sn22"],\n  "timeout": "soon",\n  "tests": ["litmus/**/*.litmus"]\n}\n',
    });
    expect(code).toBe(3);
    expect(out).toBe("");
    expect(err).toBe(`fencepost.config.json:2:3: error[config]: unknown key \`test\` in the configuration
    "test": ["litmus"],
    ^^^^^^
  hint: did you mean \`tests\`?
fencepost.config.json:3:24: error[config]: there is no platform \`sn22\`
    "platforms": ["sn2", "sn22"],
                         ^^^^^^
  hint: did you mean \`sn2\`?
fencepost.config.json:4:14: error[config]: \`timeout\` of the configuration has to be a number, not a string
    "timeout": "soon",
               ^^^^^^
fencepost.config.json:5:13: error[config]: \`litmus/**/*.litmus\` is a pattern; a path is expected
    "tests": ["litmus/**/*.litmus"]
              ^^^^^^^^^^^^^^^^^^^^
  hint: name the directory \`litmus\`: all *.litmus below it are taken
`);
  });

  test.each([
    [
      "no JSON",
      { "fencepost.config.json": '{ "tests": ["litmus"]\n  "platforms": [] }' },
      3,
      "fencepost.config.json:2:3: error[syntax]: expected `,` or `}`",
    ],
    ["an empty file", { "fencepost.config.json": "" }, 3, "fencepost.config.json: error[config]: the configuration is empty"],
    ["a list", { "fencepost.config.json": "[]" }, 3, "the configuration has to be an object, not a list"],
    [
      "in package.json",
      { "package.json": '{ "fencepost": {\n "tests": 1 } }' },
      3,
      "package.json:2:11: error[config]: `tests` of the configuration has to be a list, not a number",
    ],
    [
      "a module with a slip",
      { "fencepost.config.mjs": "export default {\n tests: [ ;" },
      3,
      "fencepost.config.mjs:2: error[config]: SyntaxError",
    ],
    [
      "a module that throws",
      { "fencepost.config.mjs": '\nthrow new Error("no board");' },
      3,
      "fencepost.config.mjs:2: error[config]: Error: no board",
    ],
    [
      "a module with a wrong key",
      { "fencepost.config.mjs": "export default { maxState: 5 };" },
      3,
      "unknown key `maxState` in the configuration; did you mean `maxStates`?",
    ],
    ["a module without a default", { "fencepost.config.mjs": "export const tests = 1;" }, 3, "the configuration is empty"],
    ["a format that is none", { "fencepost.config.json": '{ "format": ["sarf"] }' }, 3, "expected something like `sarif=fencepost.sarif`"],
    [
      "tests that are not there",
      { "fencepost.config.json": '{ "tests": ["nowhere"] }' },
      3,
      "nowhere: error[file]: no such file or directory",
    ],
    ["nothing to check", { "fencepost.config.json": "{}" }, 2, "or name `tests` in fencepost.config.json"],
  ] as const)("%s", (_, files, code, message) => {
    const ran = said(files);
    expect(ran.err).toContain(message);
    expect(ran.err).not.toMatch(/\n\s+at /);
    expect(ran.code).toBe(code);
  });

  test("--config that is no configuration", () => {
    expect(said({}, "--config", "none.json").err).toBe("fencepost: --config none.json: no such file\n");
    expect(said({}, "--config", "litmus").err).toBe("fencepost: --config litmus: this is a directory\n");
    expect(said({}, "--config", "litmus/race.litmus").err).toContain("a configuration is a fencepost.config.json");
  });
});

test("docs/config.schema.json says the same, and takes the example of docs/ci.md", () => {
  const kept: unknown = JSON.parse(readFileSync(join(root, "docs/config.schema.json"), "utf8"));
  expect(kept).toEqual(configSchema());
  const example: unknown = JSON.parse(/```json\n(.*?)```/s.exec(readFileSync(join(root, "docs/ci.md"), "utf8"))?.[1] ?? "");
  const validate = new Ajv2020({ strict: false }).compile(kept as object);
  expect(validate(example)).toBe(true);
  expect(validate({ test: [] })).toBe(false);
  expect(validate({ format: ["sarf"] })).toBe(false);
});
