import { spawn } from "node:child_process";
import { describe, expect, test } from "vitest";
import { inProcess, inWorker, overStdio, root } from "./client.js";

// On a busy machine a process takes its time.
const wrong = `C wrong
{ dma(streaming) int x; dma(streaming) int x; }
D0(int *x) { DMA_WRITE(*x, 1); DMA_WRITE(*y, 1) }
P0(int *x) { int r0 = READ_ONC(*x); }
exists (0:r0=1)
expect sn3: allowed
`;
const right = wrong
  .replace("dma(streaming) int x; ", "")
  .replace("(*y, 1)", "(*x, 2);")
  .replace("READ_ONC(", "READ_ONCE(")
  .replace("sn3", "sn2");
const uri = "file:///wrong.litmus";

describe.each([
  ["in this process", () => inProcess()],
  ["over standard input and output", () => overStdio()],
  ["as `fencepost lsp`", () => overStdio({}, ["packages/cli/bin/fencepost.js", "lsp", "--stdio"])],
  ["through a worker's messages", () => inWorker()],
] as const)("%s", (_, connect) => {
  test("problems, hover and completion follow the text", async () => {
    const client = await connect();
    expect(client.result.serverInfo?.name).toBe("fencepost");
    const first = await client.open(uri, wrong);
    expect(first.map(({ code }) => code)).toEqual(["syntax"]);
    expect(first[0]).toMatchObject({ severity: 1, source: "fencepost", range: { start: { line: 2, character: 46 } } });

    // One edit puts the semicolon there; what the parser hid comes to light, all at once.
    const second = client.problems(uri);
    await client.notify("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: { line: 2, character: 47 }, end: { line: 2, character: 47 } }, text: ";" }],
    });
    const found = await second;
    expect(found.map(({ code }) => code)).toEqual(["duplicate", "unknown-name", "unknown-call", "unknown-platform"]);
    expect(found.map(({ message }) => message).join("\n")).toContain("did you mean `READ_ONCE`?");
    expect(found.find(({ code }) => code === "duplicate")?.relatedInformation).toEqual([
      {
        message: "`x` is first declared here",
        location: { uri, range: { start: { line: 1, character: 21 }, end: { line: 1, character: 22 } } },
      },
    ]);

    const third = client.problems(uri);
    await client.notify("textDocument/didChange", { textDocument: { uri, version: 3 }, contentChanges: [{ text: right }] });
    expect(await third).toEqual([]);

    const hover = await client.request<{ contents: { value: string } }>("textDocument/hover", {
      textDocument: { uri },
      position: { line: 3, character: 25 },
    });
    expect(hover.contents.value).toContain("READ_ONCE(*x)");
    const items = await client.request<{ label: string }[]>("textDocument/completion", {
      textDocument: { uri },
      position: { line: 3, character: 25 },
    });
    expect(items.map(({ label }) => label)).toContain("READ_ONCE");
    await client.close();
  });
});

test("a client that is gone ends the server", async () => {
  const child = spawn(process.execPath, ["packages/cli/bin/fencepost.js", "lsp"], { cwd: root, stdio: ["pipe", "ignore", "inherit"] });
  child.stdin.end();
  expect(await new Promise((resolve) => child.once("exit", resolve))).toEqual(expect.any(Number));
});
