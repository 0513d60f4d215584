/** The extension in a browser: the server is a Web Worker, and searches are one of its own. */
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/browser";
import { clientOptions, start } from "./extension.js";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const script = (name: string): string => vscode.Uri.joinPath(context.extensionUri, "dist/web", name).toString(true);
  const worker = new Worker(script("server.js"));
  await start(context, new LanguageClient("fencepost", "Fencepost", worker, clientOptions({ searchScript: script("search.js") })));
  context.subscriptions.push({ dispose: () => worker.terminate() });
}
