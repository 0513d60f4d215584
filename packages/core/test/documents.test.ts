/** Files that the documents name are there. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
/** Files of users, and what a test writes in its import. (Models of others are named, too, and stand elsewhere: `.cat` is not asked.) */
const EXAMPLES: ReadonlySet<string> = new Set(["fencepost.config.json", "../src/problem.js"]);

const files: ReadonlySet<string> = new Set(
  ["", "catalogue", "docs", "examples", "models", "packages", "platforms", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== "", withFileTypes: true })
      .filter((entry) => entry.isFile() && !/node_modules|[\\/](dist|bundle)([\\/]|$)/.test(entry.parentPath))
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll("\\", "/")),
  ),
);
const documents = [...files].filter((path) => /^([A-Z]+|docs\/.*)\.md$/.test(path));

test("there are documents", () => expect(documents.length).toBeGreaterThan(20));

test.each(documents)("%s", (document) => {
  const text = readFileSync(join(root, document), "utf8").replace(/^```.*?^```/gms, "");
  const named = [...text.matchAll(/`([\w./-]+\.(?:tsx?|m?js|json|litmus|md))`/g)].map(([, name = ""]) => name);
  const missing = named.filter((name) => !EXAMPLES.has(name) && ![...files].some((file) => file === name || file.endsWith(`/${name}`)));
  expect(missing).toEqual([]);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) => posix.join(posix.dirname(document), path));
  expect(linked.filter((path) => ![...files].some((file) => file === path || file.startsWith(`${path}/`)))).toEqual([]);
});

test("the reading order of ARCHITECTURE.md names files of its folders", () => {
  const [, order = ""] = /## Reading order(.*?)^## /ms.exec(readFileSync(join(root, "ARCHITECTURE.md"), "utf8")) ?? [];
  const rows = [...order.matchAll(/^\| `(\w+)\/` \| (.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(4);
  const missing = rows.flatMap(([, folder = "", row = ""]) =>
    [...row.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => `packages/core/src/${folder}/${name}.ts`).filter((path) => !files.has(path)),
  );
  expect(missing).toEqual([]);
});
