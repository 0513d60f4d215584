/** The extension on the desktop: the server is a process of its own. */
import * as vscode from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { clientOptions, start } from "./extension.js";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = vscode.Uri.joinPath(context.extensionUri, "dist/node/server.js").fsPath;
  const options = { module, transport: TransportKind.stdio };
  await start(context, new LanguageClient("fencepost", "Fencepost", { run: options, debug: options }, clientOptions()));
}
