/** What the terminal can do: colours, width, a line of progress. */

import { PLAIN, type Style } from "@fencepost/core/report";
import colors from "picocolors";

/** Colours only where standard output is a terminal that wants them. */
export function outputStyle(): Style {
  if (process.stdout.isTTY !== true || process.env.NO_COLOR !== undefined || process.env.TERM === "dumb") return PLAIN;
  const { bold, dim, red, green, yellow, cyan, magenta } = colors.createColors(true);
  return { bold, faint: dim, red, green, yellow, cyan, magenta };
}

/** The columns of the terminal; 100 in a pipe, so that what is printed does not depend on where. */
export function outputWidth(): number {
  return process.stdout.isTTY === true ? Math.max(40, process.stdout.columns) : 100;
}

export interface Progress {
  show(text: string): void;
  /** Takes the line away again. */
  clear(): void;
}

/** One line on standard error that is written over; nothing where that is no terminal. */
export function createProgress(): Progress {
  let shown = false;
  let last = 0;
  if (process.stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show(text) {
      const now = performance.now();
      if (now - last < 100) return;
      last = now;
      shown = true;
      process.stderr.write(`\r\x1b[K${text.slice(0, process.stderr.columns - 1)}`);
    },
    clear() {
      if (shown) process.stderr.write("\r\x1b[K");
      shown = false;
    },
  };
}
