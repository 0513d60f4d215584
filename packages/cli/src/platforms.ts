/** `fencepost platforms`: the platforms there are, and everything that one of them says. */
import { platformList, platformPage } from "@fencepost/core/report";
import { EXIT, UsageError } from "./exit.js";
import { printFound } from "./inputs.js";
import { createShelf, unknownPlatform } from "./selection.js";
import { outputStyle } from "./terminal.js";

export interface PlatformsOptions {
  readonly platformFile: readonly string[];
}

export function listPlatforms(options: PlatformsOptions): number {
  const shelf = createShelf(options.platformFile);
  for (const found of shelf.problems) process.stderr.write(`${printFound(found)}\n`);
  process.stdout.write(
    platformList(
      shelf.names().flatMap((name) => shelf.find(name) ?? []),
      outputStyle(),
    ),
  );
  return shelf.problems.some(({ problem }) => problem.severity === "error") ? EXIT.input : EXIT.ok;
}

export function showPlatform(name: string, options: PlatformsOptions): number {
  const shelf = createShelf(options.platformFile);
  for (const found of shelf.problems) process.stderr.write(`${printFound(found)}\n`);
  const found = shelf.find(name);
  if (found === undefined) throw new UsageError(unknownPlatform(shelf, name));
  process.stdout.write(platformPage(found, outputStyle()));
  return shelf.problems.some(({ problem }) => problem.severity === "error") ? EXIT.input : EXIT.ok;
}
