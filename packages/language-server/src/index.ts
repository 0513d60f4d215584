/**
 * The language server for litmus tests. `serveStdio` answers on standard input and output; `serve` on any connection of vscode-languageserver. In a Web Worker:
 * `@fencepost/language-server/browser`.
 *
 * @module
 */
export { serveStdio } from "./node.js";
export { EXPLAIN, EXPLAIN_COMMAND, type ExplainParameters, type ExplainResult, type Explanation } from "./protocol.js";
export { type ServeOptions, serve } from "./serve.js";
export { DEFAULT_SETTINGS, type Settings } from "./settings.js";
