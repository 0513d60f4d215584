/** Files that herd7 looks for in several places. */
import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/** The path of a file: as given, or in one of the directories; undefined where there is none. A leading `~/` is the home directory. */
export function findFile(name: string, folders: readonly string[]): string | undefined {
  const home = (path: string): string => (path.startsWith("~/") ? join(process.env.HOME ?? "", path.slice(2)) : path);
  const candidates = isAbsolute(home(name)) ? [home(name)] : [name, ...folders.map((folder) => join(home(folder), name))];
  return candidates.find((path) => existsSync(path));
}
