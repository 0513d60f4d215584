import { describe, expect, test } from "vitest";
import type { CodeAction, CodeLens, Diagnostic } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Explanation } from "../src/protocol.js";
import { answer, type Question } from "../src/search.js";
import { createSearcher, type Port } from "../src/searcher.js";
import { catalogue } from "./catalogue.js";
import { type Client, inProcess, inWorker, overStdio } from "./client.js";

// On a busy machine a process takes its time.
const text = (name: string): string => catalogue.find((each) => each.name === name)?.text ?? "";
const race = text("altix/cq-race.litmus");
const uri = "file:///tests/cq%20race.litmus";
const capabilities = { workspace: { codeLens: { refreshSupport: true } } };
const quick = { platforms: ["portable"], maxStates: 100_000 };

/** The lenses with their verdicts, asked for until all are there. */
async function lenses(client: Client): Promise<(string | undefined)[]> {
  const all = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } });
  const titles = await Promise.all(
    all.map(async (lens) => (lens.command ? lens : await client.request<CodeLens>("codeLens/resolve", lens)).command?.title),
  );
  if (!titles.some((title) => title?.endsWith("…"))) return titles;
  await new Promise((resolve) => setTimeout(resolve, 50));
  return lenses(client);
}

describe.each([
  ["with a worker thread", () => overStdio({ capabilities, initializationOptions: quick })],
  ["between two messages", () => inWorker({ capabilities, initializationOptions: quick })],
] as const)("%s", (where, connect) => {
  test("a lens for each platform, and the explanation that it opens", async () => {
    const client = await connect();
    expect(await client.open(uri, race)).toEqual([]);
    expect(await lenses(client)).toEqual([
      "sn2: allowed, explain",
      "sn2-pic: allowed, explain",
      "sn2-tiocp: allowed, explain",
      "pcie: forbidden, explain",
      "portable: allowed, explain",
    ]);
    const [first] = await client.request<CodeLens[]>("textDocument/codeLens", { textDocument: { uri } });
    expect(first?.command).toMatchObject({ command: "fencepost.explain", arguments: [uri, "sn2"] });
    expect(first?.range.start).toEqual({ line: 19, character: 0 });

    const explanation = await client.request<Explanation>("fencepost/explain", { uri, platform: "sn2" });
    expect(explanation).toMatchObject({ platform: "sn2", verdict: "allowed", words: "allowed", stated: { verdict: "allowed", met: true } });
    expect(explanation.text).toContain("passing DMA write data=1 in the bridge and NUMA interconnect");
    expect(explanation.svg).toMatch(/^<svg/);
    expect(explanation.markdown).toContain("```text\ncq-race on sn2: allowed");
    // Obstacles take many searches: between two messages there is no time for them all, and it says so or has them.
    const forbidden = await client.request<Explanation>("fencepost/explain", { uri, platform: "pcie" });
    expect(forbidden.verdict).toBe("forbidden");
    expect(forbidden.svg).toBeUndefined();
    expect(await client.request("fencepost/explain", { uri: "file:///other.litmus", platform: "pcie" })).toBeNull();
    expect(await client.request<Explanation>("fencepost/explain", { uri, platform: "no-such" })).toMatchObject({ verdict: "unknown" });
    await client.close();
    expect(where).toBeTruthy();
  });
});

test("a verdict that is not what the test states is a problem, with the run that shows it", async () => {
  const client = await overStdio({ initializationOptions: quick });
  const wrong = race.replace("sn2, sn2-pic, sn2-tiocp: allowed", "sn2: forbidden");
  expect(await client.open(uri, wrong)).toEqual([]);
  const found: readonly Diagnostic[] = await client.problems(uri);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    code: "verdict",
    severity: 1,
    message: "sn2: allowed, but the test states forbidden",
    range: { start: { line: 20, character: 7 }, end: { line: 20, character: 10 } },
  });
  const related = found[0]?.relatedInformation ?? [];
  expect(related[0]).toMatchObject({ location: { uri, range: { start: { line: 9, character: 2 } } } });
  expect(related.map(({ message }) => message)).toContainEqual(expect.stringContaining("P0 reads data: 0"));
  await client.close();
});

test("settings that make no sense are told, and passed over", async () => {
  const client = await inProcess({
    initializationOptions: { ...quick, platforms: ["sn3", 7, "x86"], lense: false, timeout: -1, verdicts: "no" },
  });
  await client.open(uri, race);
  expect(client.shown).toEqual([
    [
      'fencepost.platforms: there is no platform "sn3"; did you mean sn2?',
      "fencepost.platforms: there is no platform 7",
      "fencepost.lense is no setting: did you mean `lenses`?",
      "fencepost.timeout is a number above 0",
      "fencepost.verdicts is true or false",
    ].join("\n"),
  ]);
  await client.notify("workspace/didChangeConfiguration", { settings: { fencepost: { timeout: 5 } } });
  expect((await lenses(client)).at(-1)).toBe("x86: forbidden, explain");
  expect(client.shown).toHaveLength(1);
  await client.close();
});

test("what differs shows in the lens too; lenses and problems of verdicts can be turned off", async () => {
  const client = await inProcess({ initializationOptions: { ...quick, platforms: [] } });
  await client.open(uri, race.replace("pcie: forbidden", "pcie: allowed"));
  expect((await lenses(client)).at(-1)).toBe("pcie: forbidden (stated: allowed), explain");
  await client.notify("workspace/didChangeConfiguration", { settings: { fencepost: { lenses: false } } });
  expect(await client.request("textDocument/codeLens", { textDocument: { uri } })).toEqual([]);
  await client.close();
});

describe("repairs", () => {
  const dmaFlush = race.replace("sn2, sn2-pic, sn2-tiocp: allowed", "sn2: forbidden");
  const whole = { start: { line: 20, character: 0 }, end: { line: 20, character: 10 } };
  const asking = (triggerKind: 1 | 2) => ({ textDocument: { uri }, range: whole, context: { diagnostics: [], triggerKind } });
  const resolves = { textDocument: { codeAction: { resolveSupport: { properties: ["edit"] } } } };

  /** The text with the edits of an action. */
  function done(text: string, action: CodeAction | undefined): string {
    const document = TextDocument.create(uri, "litmus", 1, text);
    return TextDocument.applyEdits(document, action?.edit?.changes?.[uri] ?? []);
  }

  test("where a test states forbidden and it is not: changes that forbid it, each proved", async () => {
    const client = await overStdio({ capabilities: resolves, initializationOptions: { ...quick, timeout: 60 } });
    await client.open(uri, dmaFlush);
    expect(await client.problems(uri)).toHaveLength(1);
    const offered = await client.request<CodeAction[]>("textDocument/codeAction", asking(2));
    expect(offered).toMatchObject([{ title: "Forbid it on sn2 by the smallest change", kind: "quickfix" }]);
    expect(offered[0]?.edit).toBeUndefined();
    const resolved = await client.request<CodeAction>("codeAction/resolve", offered[0]);
    const actions = await client.request<CodeAction[]>("textDocument/codeAction", asking(1));
    expect(actions.length).toBeGreaterThan(0);
    expect(actions[0]?.title).toMatch(/^Forbid it on sn2: \w+/);
    expect(actions[0]?.edit).toEqual(resolved.edit);
    for (const action of actions) {
      const told = answer(
        { kind: "verdict", source: { name: "repaired", text: done(dmaFlush, action) }, platform: "sn2", maxStates: 1e6, timeout: 60 },
        () => false,
      );
      expect(told, action.title).toMatchObject({ verdict: { verdict: "forbidden" } });
    }
    // Elsewhere in the text there is nothing to repair.
    const elsewhere = { ...asking(1), range: { start: { line: 10, character: 0 }, end: { line: 10, character: 0 } } };
    expect(await client.request<CodeAction[]>("textDocument/codeAction", elsewhere)).toEqual([]);
    await client.close();
  });

  test("nothing where the verdict is as stated, or where there is no worker", async () => {
    const client = await overStdio({ capabilities: { ...resolves, ...capabilities }, initializationOptions: { ...quick, platforms: [] } });
    await client.open(uri, race);
    await lenses(client);
    expect(await client.request<CodeAction[]>("textDocument/codeAction", asking(2))).toEqual([]);
    await client.close();
    const slow = await inProcess({ capabilities: resolves, initializationOptions: quick });
    await slow.open(uri, dmaFlush);
    await lenses(slow);
    expect(await slow.request<CodeAction[]>("textDocument/codeAction", asking(1))).toEqual([]);
    await slow.close();
  });
});

describe("searcher", () => {
  const question = (platform: string, kind: Question["kind"] = "verdict"): Question => ({
    kind,
    source: { name: "race", text: race },
    platform,
    maxStates: 100_000,
    timeout: 5,
  });

  /** A worker that answers when it is told to. */
  function port(asked: string[], ended: string[]): { spawn: () => Port; release: () => void; fail: () => void } {
    let give: (() => void) | undefined;
    let broken: ((reason: string) => void) | undefined;
    return {
      spawn() {
        let onAnswer: Parameters<Port["listen"]>[0] = () => {};
        return {
          post(posted) {
            if (posted.kind === "repair") throw new Error("nobody asks for repairs here");
            asked.push(posted.platform);
            give = () => onAnswer(answer(posted, () => false));
          },
          listen(listener, onFailure) {
            onAnswer = listener;
            broken = onFailure;
          },
          end: () => void ended.push(asked.at(-1) ?? ""),
        };
      },
      release: () => give?.(),
      fail: () => broken?.("it fell over"),
    };
  }

  test("one question after another; explanations first; a changed text ends the worker and its questions alone", async () => {
    const [asked, ended]: [string[], string[]] = [[], []];
    const worker = port(asked, ended);
    const searcher = createSearcher(worker.spawn);
    const first = searcher.ask(question("sn2"), "a");
    const second = searcher.ask(question("x86"), "a");
    const other = searcher.ask(question("pcie"), "b");
    const explained = searcher.ask(question("arm64", "explanation"), "c");
    expect(asked).toEqual(["sn2"]);
    searcher.drop("a");
    expect(await first).toBeUndefined();
    expect(await second).toBeUndefined();
    expect(ended).toEqual(["sn2"]);
    expect(asked).toEqual(["sn2", "arm64"]);
    worker.release();
    expect((await explained)?.kind).toBe("explanation");
    worker.release();
    expect(await other).toMatchObject({ kind: "verdict", verdict: { platform: "pcie", verdict: "forbidden" } });
    expect(asked).toEqual(["sn2", "arm64", "pcie"]);
    expect(ended).toEqual(["sn2"]);
  });

  test("a worker that fails leaves no question open", async () => {
    const [asked, ended]: [string[], string[]] = [[], []];
    const worker = port(asked, ended);
    const searcher = createSearcher(worker.spawn);
    const found = searcher.ask(question("sn2"), "a");
    expect(searcher.beside).toBe(true);
    worker.fail();
    expect(await found).toMatchObject({ verdict: { verdict: "allowed" } });
    expect(searcher.beside).toBe(false);
  });

  test("a budget that runs out is unknown, with its reason", () => {
    const told = answer({ ...question("sn2"), maxStates: 2 }, () => false);
    expect(told).toMatchObject({ verdict: { verdict: "unknown", words: expect.stringContaining("more than 2 states") } });
    const writes = ["x", "y", "z"].map(
      (name, i) => `P${i}() { WRITE_ONCE(*${name}, 1); int r0 = READ_ONCE(*x); int r1 = READ_ONCE(*y); int r2 = READ_ONCE(*z); }`,
    );
    const long = { name: "long", text: `C long\n{ int x; int y; int z; }\n${writes.join("\n")}\nexists (0:r0=7)\n` };
    const late = answer({ ...question("portable"), source: long, maxStates: 1e6, timeout: 1e-9 }, () => false);
    expect(late).toMatchObject({ verdict: { verdict: "unknown", words: "unknown, more than 1e-9 s" } });
  });
});
