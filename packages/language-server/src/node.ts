/** The server as a process: messages on standard input and output. */
import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { serve } from "./serve.js";

/** Answers on standard input and output; the process ends when the client says so, or is gone. */
export function serveStdio(): void {
  serve(createConnection(ProposedFeatures.all, new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout)));
}
