/** `fencepost serve`: the built workbench over HTTP, for one machine. It builds nothing and runs nothing; any other static server does as well. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT, UsageError } from "./exit.js";

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
}

const PAGE = fileURLToPath(new URL("../../web/dist/", import.meta.url));

const TYPES: { readonly [extension: string]: string } = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The page's own policy, which stands in its head too: a header also binds its workers, and keeps it out of frames. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Every file of a folder by its path in addresses. A list made beforehand: no request can name anything else. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const walk = (at: string): void => {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      if (statSync(path).isDirectory()) walk(path);
      else files.set(`/${relative(folder, path).split(sep).join("/")}`, path);
    }
  };
  walk(folder);
  return files;
}

/** Answers GET and HEAD for the files of a folder; not listening yet. */
function pageServer(folder: string): Server {
  const files = filesOf(folder);
  return createServer((request, response) => {
    const path = (request.url ?? "/").split(/[?#]/, 1)[0] as string;
    const file = files.get(path === "/" ? "/index.html" : path);
    const refuse = (status: number, text: string): void => {
      response.writeHead(status, { ...HEADERS, "content-type": "text/plain; charset=utf-8" });
      response.end(`${text}\n`);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "Only GET and HEAD.");
    if (file === undefined) return refuse(404, "There is no such file.");
    // Names in assets/ change with their contents.
    const caching = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    let body: Buffer;
    try {
      body = readFileSync(file);
    } catch {
      return refuse(404, "The page has been built anew: start `fencepost serve` again.");
    }
    response.writeHead(200, {
      ...HEADERS,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": body.length,
      "cache-control": caching,
    });
    response.end(request.method === "HEAD" ? undefined : body);
  });
}

/** Serves until Ctrl-C; gives the exit code. */
export async function serveCommand({ port, host }: ServeOptions): Promise<number> {
  if (!existsSync(join(PAGE, "index.html"))) throw new UsageError("the workbench is not built: `npm run build` builds it");
  const server = pageServer(PAGE);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE" ? `port ${port} is in use: choose another with --port, or 0 for any` : error.message;
      reject(new UsageError(`cannot listen on ${host}: ${taken}`));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  process.stdout.write(`The workbench is at http://${name}:${address.port}/ (Ctrl-C ends it)\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  server.close();
  server.closeAllConnections();
  return EXIT.ok;
}
