/** What the extension does in both of its homes: the desktop, with Node, and a browser. */
import { EXPLAIN, type ExplainParameters, type ExplainResult, type Explanation } from "@fencepost/language-server/protocol";
import * as vscode from "vscode";
import type { BaseLanguageClient, LanguageClientOptions } from "vscode-languageclient";
import { explanationPage } from "./explanation.js";

/** Milliseconds without a key after which an explanation that is shown is brought up to date. */
const PAUSE = 600;

/** What a client needs to know, wherever it runs. `more` goes to the server besides the settings. */
export function clientOptions(more: { readonly [key: string]: unknown } = {}): LanguageClientOptions {
  const settings = vscode.workspace.getConfiguration("fencepost");
  return {
    documentSelector: [{ language: "litmus" }],
    initializationOptions: {
      ...Object.fromEntries(["platforms", "lenses", "verdicts", "maxStates", "timeout"].map((name) => [name, settings.get(name)])),
      ...more,
    },
    synchronize: { configurationSection: "fencepost" },
  };
}

/** Starts the client and gives its commands a body. */
export async function start(context: vscode.ExtensionContext, client: BaseLanguageClient): Promise<void> {
  let panel: vscode.WebviewPanel | undefined;
  let shown: { readonly uri: string; readonly platform: string; readonly explanation: Explanation } | undefined;

  const show = async (uri: string, platform: string): Promise<void> => {
    const parameters: ExplainParameters = { uri, platform };
    const explanation = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: `Fencepost: ${platform} …` },
      () => client.sendRequest<ExplainResult>(EXPLAIN, parameters),
    );
    if (explanation === null) {
      void vscode.window.showWarningMessage("Fencepost: the test is not open any more.");
      return;
    }
    if (panel === undefined) {
      const created = vscode.window.createWebviewPanel(
        "fencepost.explanation",
        "Fencepost",
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        {
          enableScripts: false,
          enableCommandUris: ["fencepost.copyExplanation"],
          localResourceRoots: [],
        },
      );
      created.onDidDispose(() => {
        panel = undefined;
        shown = undefined;
        void vscode.commands.executeCommand("setContext", "fencepost.explained", false);
      });
      panel = created;
    }
    shown = { uri, platform, explanation };
    void vscode.commands.executeCommand("setContext", "fencepost.explained", true);
    const file = vscode.Uri.parse(uri).path.split("/").at(-1) ?? uri;
    panel.title = `${file}: ${platform}`;
    panel.webview.html = explanationPage(explanation, file, crypto.randomUUID().replaceAll("-", ""));
    panel.reveal(undefined, true);
  };

  const choose = async (): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== "litmus") return;
    const settings = vscode.workspace.getConfiguration("fencepost").get<string[]>("platforms") ?? [];
    const platform = await vscode.window.showQuickPick(settings, { placeHolder: "On which platform?" });
    if (platform !== undefined) await show(editor.document.uri.toString(), platform);
  };

  let later: ReturnType<typeof setTimeout> | undefined;
  context.subscriptions.push(
    vscode.commands.registerCommand("fencepost.explain", (uri?: string, platform?: string) =>
      typeof uri === "string" && typeof platform === "string" ? show(uri, platform) : choose(),
    ),
    vscode.commands.registerCommand("fencepost.copyExplanation", async () => {
      if (shown !== undefined) await vscode.env.clipboard.writeText(shown.explanation.markdown);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (shown === undefined || panel?.visible !== true || document.uri.toString() !== shown.uri) return;
      const { uri, platform } = shown;
      clearTimeout(later);
      later = setTimeout(() => void show(uri, platform), PAUSE);
    }),
    { dispose: () => clearTimeout(later) },
    client,
  );
  await client.start();
}
