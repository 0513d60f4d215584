/** Where the lanes of a ladder stand in a given width. */
import type { Ladder } from "@fencepost/core/report";

const LEFT = 26;
const RIGHT = 6;
const CHARACTER = 7.3;
/** Two lanes are never nearer: the picture then becomes wider than its room, and scrolls. */
const LEAST = 44;

export interface Positions {
  readonly xs: readonly number[];
  readonly width: number;
}

/** The gaps get what their titles and labels need, and share what is left; where there is too little room, the widest give way first. */
export function lanePositions({ lanes, rows }: Ladder, width: number): Positions {
  const title = (index: number): number => Math.min(60, ((lanes[index]?.title.length ?? 0) * CHARACTER) / 2);
  const gaps = lanes.slice(1).map((_, index) => Math.max(LEAST, title(index) + title(index + 1) + 10));
  let first = LEFT + title(0);
  let last = RIGHT + title(lanes.length - 1);
  for (const { from, to, label } of rows) {
    const need = label.length * CHARACTER + 16;
    const low = Math.min(from, to);
    if (from === to) {
      if (low < gaps.length) gaps[low] = Math.max(gaps[low] as number, need);
    } else if (Math.abs(from - to) === 1) gaps[low] = Math.max(gaps[low] as number, need);
  }
  const sum = (): number => gaps.reduce((total, gap) => total + gap, 0);
  const room = width - first - last;
  if (sum() > room) {
    first = Math.min(first, LEFT + 24);
    last = Math.min(last, RIGHT + 26);
  }
  for (let guard = 0; guard < 2000 && sum() > width - first - last; guard++) {
    const widest = Math.max(...gaps);
    if (widest <= LEAST) break;
    const at = gaps.indexOf(widest);
    gaps[at] = Math.max(LEAST, widest - 4);
  }
  const spare = Math.max(0, width - first - last - sum());
  const each = gaps.length === 0 ? 0 : Math.min(spare / (gaps.length + 1), 90);
  const left = first + (spare - each * gaps.length) / 2;
  const xs = gaps.reduce<number[]>((all, gap) => [...all, (all.at(-1) as number) + gap + each], [left]);
  return { xs, width: Math.max(width, Math.ceil((xs.at(-1) ?? 0) + last)) };
}
