// Bundles the extension: for the desktop (Node), and for browsers. VS Code itself is there already.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = (name) => fileURLToPath(new URL(`src/${name}.ts`, import.meta.url));
const server = (name) => fileURLToPath(new URL(`../language-server/dist/${name}.js`, import.meta.url));

const shared = { root: here, configFile: false, logLevel: "warn", publicDir: false };
const minify = !process.argv.includes("--no-minify");

/** One file for Node, with everything in it but Node's own modules. */
const forNode = (input, file, format) =>
  build({
    ...shared,
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: "dist",
      emptyOutDir: false,
      minify,
      chunkSizeWarningLimit: 1000,
      target: "node20",
      rolldownOptions: { input, external: ["vscode"], output: { format, entryFileNames: file, codeSplitting: false } },
    },
  });

/** One file for a browser. */
const forBrowser = (input, file, format) =>
  build({
    ...shared,
    resolve: { conditions: ["browser", "module", "default"], mainFields: ["browser", "module", "main"] },
    build: {
      outDir: "dist",
      emptyOutDir: false,
      minify,
      chunkSizeWarningLimit: 1000,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input,
        external: ["vscode"],
        preserveEntrySignatures: "strict",
        output: { format, entryFileNames: file, codeSplitting: false, exports: format === "cjs" ? "named" : "auto" },
      },
    },
  });

await forNode(source("extension-node"), "extension-node.cjs", "cjs");
await forNode(source("server-node"), "node/server.js", "es");
await forNode(server("search-node"), "node/search-node.js", "es");
await forBrowser(source("extension-web"), "extension-web.js", "cjs");
await forBrowser(source("server-web"), "web/server.js", "iife");
await forBrowser(server("search-browser"), "web/search.js", "iife");
