import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Script } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";

interface Compiled {
  readonly script: Script;
  readonly head: string;
}
interface Loader {
  loadBundle(folder: string, entry: string, compiled?: Map<string, Compiled>): { readonly answer: number; readonly byNode: boolean };
}

const { loadBundle } = createRequire(import.meta.url)("../bin/load.js") as Loader;
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fencepost-load-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a bundle of two files; only what Node loads itself has a `module.id`. */
function write(name: string, digest: string): void {
  writeFileSync(
    join(folder, `${name}.js`),
    `// ${digest}\nexports.answer = require("./${name}-part.js").answer;\nexports.byNode = module.id !== undefined;\n`,
  );
  writeFileSync(join(folder, `${name}-part.js`), `// ${digest}\nexports.answer = ${digest.length};\n`);
}

/** Writes it, and compiles it. */
function bundle(name: string, digest: string): Map<string, Compiled> {
  write(name, digest);
  const compiled = new Map<string, Compiled>();
  loadBundle(folder, `${name}.js`, compiled);
  return compiled;
}

function keep(compiled: ReadonlyMap<string, Compiled>): void {
  for (const [path, { script, head }] of compiled)
    writeFileSync(`${path}.cache`, Buffer.concat([Buffer.from(head, "latin1"), script.createCachedData()]));
}

test("a bundle is loaded from what V8 compiled at the build", () => {
  const compiled = bundle("kept", "abc");
  expect([...compiled.keys()]).toEqual([join(folder, "kept.js"), join(folder, "kept-part.js")]);
  keep(compiled);
  expect(loadBundle(folder, "kept.js")).toEqual({ answer: 3, byNode: false });
});

test("without that, Node loads it", () => {
  write("bare", "abcd");
  expect(loadBundle(folder, "bare.js")).toEqual({ answer: 4, byNode: true });
});

test("what V8 made of another text, or wrote for nobody, is not taken", () => {
  const compiled = bundle("stale", "abc");
  keep(compiled);
  bundle("stale", "xyz");
  expect(loadBundle(folder, "stale.js")).toEqual({ answer: 3, byNode: true });
  // Of a text that V8 has not seen in this process.
  write("damaged", "xyz");
  for (const { head } of bundle("whole", "xyz").values()) writeFileSync(join(folder, "damaged.js.cache"), `${head}no data of V8's`);
  expect(loadBundle(folder, "damaged.js")).toEqual({ answer: 3, byNode: true });
});
