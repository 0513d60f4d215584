import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { overStdio } from "../../language-server/test/client.js";
import { explanationPage } from "../src/explanation.js";

const home = fileURLToPath(new URL("..", import.meta.url));

test("the bundled server of the desktop answers, and searches in a thread of its own", async () => {
  const client = await overStdio({ initializationOptions: { platforms: [] } }, [join(home, "dist/node/server.js"), "--stdio"]);
  const text = readFileSync(join(home, "../../catalogue/altix/cq-race.litmus"), "utf8").replace("pcie: forbidden", "pcie: allowed");
  expect(await client.open("file:///race.litmus", text)).toEqual([]);
  // Without a thread for searches there are no verdicts among the problems.
  expect(await client.problems("file:///race.litmus")).toMatchObject([
    { code: "verdict", message: "pcie: forbidden, but the test states allowed" },
  ]);
  await client.close();
});

test("package.json names what is there", () => {
  const { main, browser, contributes } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
    readonly main: string;
    readonly browser: string;
    readonly contributes: {
      readonly languages: readonly { readonly configuration: string }[];
      readonly grammars: readonly { readonly path: string }[];
    };
  };
  for (const path of [
    main,
    browser,
    ...contributes.languages.map(({ configuration }) => configuration),
    ...contributes.grammars.map(({ path }) => path),
  ])
    expect(existsSync(join(home, path)), path).toBe(true);
});

test("what stands in a test is no markup of the explanation", () => {
  const wicked = '"><script>alert(1)</script>&';
  const page = explanationPage(
    {
      platform: wicked,
      verdict: "allowed",
      words: wicked,
      stated: { verdict: "forbidden", met: false, span: { start: 0, end: 0 } },
      text: wicked,
      markdown: "",
      svg: `<svg>${wicked}é</svg>`,
    },
    wicked,
    "n0nce",
  );
  expect(page).not.toContain("<script");
  expect(page).toContain("default-src 'none'; img-src data:; style-src 'nonce-n0nce'");
  const image = /src="data:image\/svg\+xml;base64,([^"]*)"/.exec(page)?.[1] ?? "";
  expect(Buffer.from(image, "base64").toString("utf8")).toContain("é</svg>");
});
