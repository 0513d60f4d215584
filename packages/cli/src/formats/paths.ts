/** Paths of files in reports: with slashes, from the folder of the run where they are below it. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** As people and GitHub write it. */
export function reportPath(name: string): string {
  if (name === "<stdin>") return "stdin.litmus";
  const from = relative(process.cwd(), resolve(name));
  const path = from === "" || isAbsolute(from) || from.startsWith("..") ? name : from;
  return path.split(sep).join("/").replace(/^\.\//, "");
}

/** As a URI reference: relative where the path is. */
export function reportUri(name: string): string {
  const path = reportPath(name);
  if (isAbsolute(name) && path.startsWith("/")) return pathToFileURL(name).href;
  return path.split("/").map(encodeURIComponent).join("/");
}
