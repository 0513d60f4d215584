import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { analyse } from "../src/analysis.js";
import { applyEdits } from "../src/formatting.js";
import { keyOf } from "../src/named.js";
import { renameAt } from "../src/rename.js";
import { catalogue } from "./catalogue.js";
import { type Client, cursor, inProcess } from "./client.js";

// On a busy machine a process takes its time.
let client: Client;
let number = 0;
beforeAll(async () => {
  client = await inProcess({
    initializationOptions: { platforms: ["x86", "sn2"], verdicts: false },
    capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
  });
});
afterAll(() => client.close());

/** Opens a text with ‸ where the cursor is; gives what a request about that place needs. */
async function at(marked: string) {
  const { text, position } = cursor(marked);
  const uri = `file:///test-${++number}.litmus`;
  const problems = await client.open(uri, text);
  return { textDocument: { uri }, position, text, problems };
}

const race = `C race
{
  dma(streaming) int data;
  dma(streaming) int cq;
  mmio int D0.status;
}
D0(int *data, int *cq) {
  DMA_WRITE(*data, 1);
  DMA_WRITE(*cq, 1);
}
P0(int *cq, int *data) {
  int r0 = READ_ONCE(*cq);
  int r2 = readl(D0.status);
  int r1 = READ_ONCE(*data);
}
exists (0:r0=1 /\\ 0:r1=0)
expect sn2: forbidden; pcie: forbidden
`;
/** The race with the cursor before the nth occurrence of a text. */
const mark = (what: string, nth = 1): string => {
  let place = -1;
  for (let i = 0; i < nth; i++) place = race.indexOf(what, place + 1);
  if (place === -1) throw new Error(`no ${what}`);
  return `${race.slice(0, place)}‸${race.slice(place)}`;
};

describe("hover", () => {
  const hover = async (marked: string): Promise<string | undefined> => {
    const found = await client.request<{ contents: { value: string } } | null>("textDocument/hover", await at(marked));
    return found?.contents.value;
  };

  test("an accessor: its form, and what each platform makes of it, with the source", async () => {
    const page = await hover(mark("readl"));
    expect(page).toContain("readl(register)");
    expect(page).toContain(
      "- **sn2** (`readX`): `access acquire ordered`, then `fence in -> all`, then `token flush` - asm/sn/io.h \\_\\_\\_sn\\_readl",
    );
    expect(page).toContain("**pcie, x86**");
  });

  test("a mapping attribute: what stands on the bus", async () => {
    const page = await hover(race.replace("dma(streaming) int cq", "dma(streaming, ‸write_barrier) int cq"));
    expect(page).toContain("DMA_ATTR_WRITE_BARRIER");
    expect(page).toMatch(/\*\*sn2\*\*: `barrier` - write-barrier: sn\\_dma\\_map\\_page/);
    expect(page).toContain("**pcie**: nothing");
  });

  test("a platform of an expect line", async () => {
    expect(await hover(mark("sn2"))).toContain("SGI Altix");
    expect(await hover(mark("pcie"))).toContain("CPU x86, fabric pcie");
  });

  test("names, keywords, and nothing in comments", async () => {
    expect(await hover(mark("data, int *cq"))).toContain("dma(streaming) int data;");
    expect(await hover(mark("r0=1"))).toContain("**0:r0** - a register of P0");
    expect(await hover(mark("exists"))).toContain("The outcome in question");
    expect(await hover(mark("dma("))).toContain("Memory that devices reach by DMA");
    expect(await hover(race.replace("{\n", "{ (* an ‸exists *)\n"))).toBeUndefined();
  });

  test("every function has a page", async () => {
    const { primitiveNames, primitive } = await import("@fencepost/core/program");
    const { primitivePage } = await import("../src/page.js");
    const { platform } = await import("@fencepost/core/platform");
    const platforms = ["x86", "sn2", "portable"].flatMap((name) => platform(name) ?? []);
    for (const name of primitiveNames()) {
      const found = primitive(name);
      const page = found === undefined ? "" : primitivePage(found, platforms);
      expect(page, name).toContain(`\`\`\`c\n${name}(`);
      expect(page, name).not.toContain("nothing is said of it");
    }
  });
});

describe("completion", () => {
  const labels = async (marked: string): Promise<string[]> => {
    const items = await client.request<{ label: string; sortText: string }[]>("textDocument/completion", await at(marked));
    return items.sort((a, b) => (a.sortText < b.sortText ? -1 : 1)).map(({ label }) => label);
  };

  test("an empty file: whole tests, which parse as they stand", async () => {
    const { TESTS, plainSnippet } = await import("../src/snippets.js");
    expect(await labels("‸")).toEqual(TESTS.map(({ label }) => label).sort());
    for (const { body } of TESTS) {
      const { problems, program } = analyse({ name: "snippet", text: plainSnippet(body) });
      expect(problems).toEqual([]);
      expect(program).toBeDefined();
    }
  });

  test("functions by who can call them", async () => {
    const cpu = await labels(race.replace("int r1 = READ_ONCE(*data);", "int r1 = ‸"));
    expect(cpu.slice(0, 6)).toEqual(["D0.status", "cq", "data", "r0", "r1", "r2"]);
    expect(cpu).toContain("readl_relaxed");
    expect(cpu).not.toContain("DMA_WRITE");
    const device = await labels(race.replace("DMA_WRITE(*cq, 1);", "DM‸"));
    expect(device).toContain("DMA_WRITE");
    expect(device).not.toContain("READ_ONCE");
  });

  test("after a star the locations, after a dot the registers of that device", async () => {
    expect(await labels(race.replace("READ_ONCE(*data)", "READ_ONCE(*‸)"))).toEqual(["D0.status", "cq", "data"]);
    expect(await labels(race.replace("D0.status)", "D0.‸)"))).toEqual(["status"]);
  });

  test("in the initial state: declarations, attributes, owners", async () => {
    expect((await labels(race.replace("  mmio", "  ‸\n  mmio"))).slice(0, 7)).toEqual([
      "config",
      "device",
      "dma",
      "line",
      "mmio",
      "port",
      "thread",
    ]);
    expect(await labels(race.replace("dma(streaming) int cq", "dma(st‸) int cq"))).toContain("write_barrier");
    expect(await labels(race.replace("mmio int D0.status", "mmio(‸) int D0.status"))).toEqual([
      "at",
      "combining",
      "no_burst",
      "np",
      "uc",
      "wc",
    ]);
    expect(await labels(race.replace("mmio int D0", "device D0(‸);\n  mmio int D0"))).toContain("switch");
  });

  test("heads, conditions, expectations", async () => {
    expect(await labels(race.replace("int *data) {\n  int r0", "int *data) ‸ {\n  int r0"))).toContain("on");
    expect(await labels(race.replace("int *data) {\n  int r0", "int *data) on ‸ {\n  int r0"))).toEqual([
      "intx",
      "msi",
      "read",
      "tell",
      "write",
    ]);
    expect(await labels(race.replace("0:r1=0", "0:‸"))).toEqual(["r0", "r1", "r2"]);
    expect(await labels(race.replace("0:r1=0", "‸"))).toEqual(expect.arrayContaining(["0:r0", "data", "D0.status", "order"]));
    expect(await labels(race.replace("pcie: forbidden", "‸"))).toEqual(expect.arrayContaining(["all", "portable", "arm64+pci"]));
    expect(await labels(race.replace("pcie: forbidden", "pcie: ‸"))).toEqual(["allowed", "depends", "forbidden", "unknown"]);
    expect(await labels(race.replace("exists (0:r0=1 /\\ 0:r1=0)", "‸"))).toEqual(
      expect.arrayContaining(["exists", "~exists", "expect", "P1", "D1"]),
    );
  });

  test("nothing in comments and strings; the documentation of a function when it is chosen", async () => {
    expect(await labels(race.replace("int r2 =", "// rea‸\n  int r2 ="))).toEqual([]);
    expect(await labels(race.replace("C race", 'C race\n"a doc ‸"'))).toEqual([]);
    const place = await at(race.replace("int r1 = READ_ONCE(*data);", "int r1 = wri‸"));
    const items = await client.request<{ label: string; textEdit: { newText: string } }[]>("textDocument/completion", place);
    const item = items.find(({ label }) => label === "writel");
    expect(item?.textEdit.newText).toBe("writel(${1:value}, ${2:register})");
    const resolved = await client.request<{ documentation: { value: string } }>("completionItem/resolve", item);
    expect(resolved.documentation.value).toContain("**sn2**");
  });
});

describe("places of a name", () => {
  type Found = { range: { start: { line: number; character: number } } }[];
  const lines = (found: Found): string[] => found.map(({ range }) => `${range.start.line}:${range.start.character}`);

  test("definition and references", async () => {
    expect(lines(await client.request<Found>("textDocument/definition", await at(mark("cq, 1"))))).toEqual(["3:21"]);
    expect(lines(await client.request<Found>("textDocument/definition", await at(mark("status", 2))))).toEqual(["4:14"]);
    expect(lines(await client.request<Found>("textDocument/definition", await at(mark("r1=0"))))).toEqual(["13:6"]);
    expect(lines(await client.request<Found>("textDocument/definition", await at(mark("D0.status"))))).toEqual(["6:0"]);
    const all = await client.request<Found>("textDocument/references", {
      ...(await at(mark("cq, 1"))),
      context: { includeDeclaration: true },
    });
    expect(lines(all)).toEqual(["3:21", "6:19", "8:13", "10:8", "11:22"]);
    const uses = await client.request<Found>("textDocument/references", {
      ...(await at(mark("cq, 1"))),
      context: { includeDeclaration: false },
    });
    expect(lines(uses)).toEqual(["6:19", "8:13", "10:8", "11:22"]);
  });

  test("outline and folding", async () => {
    const place = await at(`${race}‸`);
    interface Symbol {
      readonly name: string;
      readonly children: Symbol[];
    }
    const names = (list: readonly Symbol[]): unknown =>
      list.map(({ name, children }) => (children.length === 0 ? name : [name, names(children)]));
    expect(names(await client.request<Symbol[]>("textDocument/documentSymbol", place))).toEqual([
      ["race", ["data", "cq", "D0.status", "D0", ["P0", ["r0", "r2", "r1"]], "exists", "expect"]],
    ]);
    const folds = await client.request<{ startLine: number; endLine: number }[]>("textDocument/foldingRange", place);
    expect(folds.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
      [1, 4],
      [6, 8],
      [10, 13],
    ]);
  });

  test("colours: each token is where its word is, and of its kind", async () => {
    const place = await at(`${race.replace("int r2", "/* two\n     lines */ int r2")}‸`);
    const { data } = await client.request<{ data: number[] }>("textDocument/semanticTokens/full", place);
    const legend = (client.result.capabilities.semanticTokensProvider as { legend: { tokenTypes: string[] } }).legend.tokenTypes;
    const texts = place.text.split("\n");
    let [line, column] = [0, 0];
    const words: string[] = [];
    for (let i = 0; i < data.length; i += 5) {
      const [down, right, length, type] = data.slice(i, i + 4) as [number, number, number, number];
      column = down === 0 ? column + right : right;
      line += down;
      words.push(`${legend[type]} ${texts[line]?.slice(column, column + length)}`);
    }
    for (const word of [
      "class race",
      "keyword dma",
      "decorator streaming",
      "type int",
      "variable cq",
      "property status",
      "class P0",
      "function READ_ONCE",
      "parameter r0",
      "comment /* two",
      "comment      lines */",
      "namespace sn2",
      "enumMember forbidden",
    ])
      expect(words).toContain(word);
  });
});

describe("rename", () => {
  const rename = async (marked: string, newName: string): Promise<string> => {
    const place = await at(marked);
    const { changes } = await client.request<{
      changes: { [uri: string]: { range: { start: unknown; end: unknown }; newText: string }[] };
    }>("textDocument/rename", {
      ...place,
      newName,
    });
    const lines = place.text.split("\n");
    const offset = ({ line, character }: { line: number; character: number }): number =>
      lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
    const edits = (changes[place.textDocument.uri] ?? []).map(({ range, newText }) => ({
      start: offset(range.start as { line: number; character: number }),
      end: offset(range.end as { line: number; character: number }),
      text: newText,
    }));
    return applyEdits(place.text, edits);
  };

  test("a location, a device's register, a thread's register, threads and devices", async () => {
    expect(await rename(mark("cq, 1"), "ring")).toBe(race.replaceAll("cq", "ring"));
    expect(await rename(mark("status", 2), "door")).toBe(race.replaceAll("status", "door"));
    expect(await rename(mark("r0=1"), "seen")).toBe(race.replaceAll("r0", "seen"));
    expect(await rename(mark("0:r1=0"), "P3")).toBe(race.replace("P0(", "P3(").replaceAll("0:r", "3:r"));
    expect(await rename(mark("D0.status"), "D7")).toBe(race.replaceAll("D0", "D7"));
  });

  test("what would be another test is refused, with a reason", async () => {
    for (const [marked, to, reason] of [
      [mark("cq, 1"), "data", "there is a `data` already"],
      [mark("cq, 1"), "r0", "would stand for something else"],
      [mark("r0=1"), "r1", "there is a `0:r1` already"],
      [mark("r0=1"), "cq", "would stand for something else"],
      [mark("cq, 1"), "while", "is a word of the language"],
      [mark("cq, 1"), "rmb", "is a function of the language"],
      [mark("cq, 1"), "P1", "names a thread"],
      [mark("cq, 1"), "9lives", "starts with no digit"],
      [mark("D0.status"), "P7", "devices are named"],
      [mark("0:r1=0"), "thread", "CPU threads are named"],
    ] as const)
      await expect(rename(marked, to), to).rejects.toThrow(reason);
    expect(await client.request("textDocument/prepareRename", await at(mark("exists")))).toBeNull();
    expect(await client.request("textDocument/prepareRename", await at(mark("0:r1=0")))).toMatchObject({ placeholder: "P0" });
  });

  test("there and back gives the same text, for everything that has a name in the catalogue", () => {
    let renamed = 0;
    for (const { name, text } of catalogue.filter((_, index) => index % 6 === 0)) {
      const before = analyse({ name, text });
      if (before.program === undefined) continue;
      for (const [index, named] of before.names.all.entries()) {
        // The members of a structure stand under its name.
        if (named.kind === "thread" || (named.kind !== "local" && named.name.includes("."))) continue;
        const [first] = before.names.of(named);
        const to = `renamed_${index}`;
        const edits = renameAt(before, first?.token.start ?? -1, to);
        if (typeof edits === "string") throw new Error(`${name}: ${keyOf(named)}: ${edits}`);
        const there = applyEdits(text, edits);
        const after = analyse({ name, text: there });
        const back = renameAt(after, first?.token.start ?? -1, named.name);
        expect(typeof back === "string" ? back : applyEdits(there, back), `${name}: ${keyOf(named)}`).toBe(text);
        renamed++;
      }
    }
    expect(renamed).toBeGreaterThan(200);
  });
});

describe("fixes", () => {
  const fixed = async (wrong: string): Promise<string[]> => {
    const place = await at(`‸${wrong}`);
    const end = { line: place.text.split("\n").length, character: 0 };
    const actions = await client.request<
      {
        title: string;
        diagnostics: unknown[];
        edit: { changes: { [uri: string]: { range: { start: { line: number } }; newText: string }[] } };
      }[]
    >("textDocument/codeAction", { ...place, range: { start: { line: 0, character: 0 }, end }, context: { diagnostics: place.problems } });
    expect(actions.every(({ diagnostics }) => diagnostics.length > 0)).toBe(true);
    return actions.map(({ title }) => title);
  };

  test("what a hint says, where the text is better with it", async () => {
    expect(await fixed(race.replace("READ_ONCE(*data)", "READ_ONC(*data)"))).toEqual(["Replace `READ_ONC` with `READ_ONCE`"]);
    expect(await fixed(race.replace("pcie:", "pice:"))).toEqual(["Replace `pice` with `pcie`"]);
    expect(await fixed(race.replace("pcie: forbidden", "pcie: never"))).toEqual(["Replace `never` with `forbidden`"]);
    expect(await fixed(race.replace("(*cq);", "(*cq)"))).toEqual(["Add `;`"]);
    expect(await fixed(race.replace("dma(streaming) int cq", "dma(steaming) int cq"))).toEqual(["Replace `steaming` with `streaming`"]);
    expect(await fixed(race.replace("  mmio int D0.status;\n", ""))).toEqual(["Declare `mmio int D0.status`"]);
    expect(await fixed(race.replace("/\\", "&&"))).toEqual([]);
  });
});
