/** A client of the server under test: in this process, over standard input and output, or of a worker that runs the browser's entry. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import {
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type InitializeResult,
  type Message,
  type MessageReader,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { type ServeOptions, serve } from "../src/serve.js";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
const built = fileURLToPath(new URL("../dist/index.js", import.meta.url));

export interface Client {
  readonly result: InitializeResult;
  request<Result>(method: string, parameters: unknown): Promise<Result>;
  notify(method: string, parameters: unknown): Promise<void>;
  /** Opens a document and waits for its problems. */
  open(uri: string, text: string): Promise<readonly Diagnostic[]>;
  /** The next problems that are published for a document. */
  problems(uri: string): Promise<readonly Diagnostic[]>;
  /** Requests of the server, as they come. */
  readonly asked: readonly string[];
  /** What it shows to the user. */
  readonly shown: readonly string[];
  close(): Promise<void>;
}

export interface Options {
  readonly initializationOptions?: unknown;
  readonly capabilities?: unknown;
}

/** The server of the sources, in this process. */
export function inProcess(options: Options = {}, serveOptions: ServeOptions = {}): Promise<Client> {
  const [up, down] = [new PassThrough(), new PassThrough()];
  serve(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), serveOptions);
  return start(createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up)), options);
}

/** The built server as a process of its own. */
export function overStdio(
  options: Options = {},
  command: readonly string[] = ["-e", `import(${JSON.stringify(built)}).then((m) => m.serveStdio())`],
) {
  if (!existsSync(built)) throw new Error("The server is not built: npx tsc -b packages/language-server");
  const child: ChildProcess = spawn(process.execPath, [...command], { stdio: ["pipe", "pipe", "inherit"], cwd: root });
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("no pipes");
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return start(createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin)), options, async () => {
    const code = await ended;
    if (code !== 0) throw new Error(`the server ended with ${code}`);
  });
}

/** The built server behind the browser's entry: the worker's port stands for the scope of a Web Worker, with plain objects as messages. */
export function inWorker(options: Options = {}): Promise<Client> {
  const script = `
    import { parentPort } from "node:worker_threads";
    import { serveWorker } from ${JSON.stringify(new URL("../dist/browser.js", import.meta.url).href)};
    serveWorker(parentPort);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
  const worker = new Worker(url, { execArgv: ["--conditions=browser"] });
  const reader = portReader(worker);
  const writer = {
    onError: () => ({ dispose() {} }),
    onClose: () => ({ dispose() {} }),
    write: async (message: Message) => worker.postMessage(message),
    end() {},
    dispose() {},
  };
  return start(createProtocolConnection(reader, writer), options, async () => {
    await worker.terminate();
  });
}

function portReader(worker: Worker): MessageReader {
  return {
    onError: () => ({ dispose() {} }),
    onClose: () => ({ dispose() {} }),
    onPartialMessage: () => ({ dispose() {} }),
    listen(callback) {
      worker.on("message", callback);
      return { dispose: () => worker.off("message", callback) };
    },
    dispose() {},
  };
}

async function start(connection: ProtocolConnection, options: Options, end?: () => Promise<void>): Promise<Client> {
  const waiting = new Map<string, ((diagnostics: readonly Diagnostic[]) => void)[]>();
  const asked: string[] = [];
  const shown: string[] = [];
  connection.onNotification("window/showMessage", ({ message }: { readonly message: string }) => {
    shown.push(message);
  });
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    const all = waiting.get(uri) ?? [];
    waiting.delete(uri);
    for (const each of all) each(diagnostics);
  });
  for (const method of ["workspace/codeLens/refresh", "workspace/configuration", "client/registerCapability"])
    connection.onRequest(method, () => {
      asked.push(method);
      return null;
    });
  connection.listen();
  const result = await connection.sendRequest<InitializeResult>("initialize", {
    processId: null,
    rootUri: null,
    capabilities: options.capabilities ?? {},
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification("initialized", {});
  const problems = (uri: string): Promise<readonly Diagnostic[]> =>
    new Promise((resolve) => waiting.set(uri, [...(waiting.get(uri) ?? []), resolve]));
  return {
    result,
    asked,
    shown,
    request: (method, parameters) => connection.sendRequest(method, parameters),
    notify: (method, parameters) => connection.sendNotification(method, parameters),
    problems,
    async open(uri, text) {
      const found = problems(uri);
      await connection.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId: "litmus", version: 1, text } });
      return found;
    },
    async close() {
      await connection.sendRequest("shutdown");
      // It ends the process.
      if (end !== undefined) await connection.sendNotification("exit");
      await end?.();
      connection.dispose();
    },
  };
}

/** A text with `‸` where the cursor is, and the place of that. */
export function cursor(marked: string): {
  readonly text: string;
  readonly position: { readonly line: number; readonly character: number };
} {
  const at = marked.indexOf("‸");
  if (at === -1) throw new Error("no ‸ in the text");
  const before = marked.slice(0, at).split("\n");
  return { text: marked.replace("‸", ""), position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 } };
}
