/** A run as an animated ladder: above, the lanes with the packets that wait in them now; below, what has happened so far. */
import type { Ladder, Row } from "@fencepost/core/report";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Story as WholeStory } from "../engine/protocol.js";
import { lanePositions } from "./positions.js";

/** What of a story is drawn. */
type Story = Pick<WholeStory, "ladder" | "entries" | "snapshots">;

const ROW = 32;
const FURTHER = 24;
const NOTE = 15;
const CHARACTER = 7.3;
const CHIP = 20;

interface Laid {
  readonly row: Row;
  /** The entry it belongs to, from 1. */
  readonly entry: number;
  readonly y: number;
  readonly notes: readonly string[];
}

function laidRows(ladder: Ladder, width: number): { readonly rows: readonly Laid[]; readonly height: number } {
  let y = 4;
  let entry = 0;
  const rows = ladder.rows.map((row) => {
    if (row.number !== undefined) entry = row.number;
    y += row.number === undefined ? FURTHER : ROW;
    const at = y;
    const notes = row.notes.flatMap((note) => wrapped(note, Math.max(24, Math.floor((width - 24) / 6.1))));
    y += notes.length * NOTE;
    return { row, entry, y: at, notes };
  });
  return { rows, height: y + 18 };
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

interface Chip {
  readonly instruction: number;
  readonly label: string;
  readonly reply: boolean;
  readonly lane: number;
  readonly slot: number;
}

/** The packets that wait in the lanes after each entry, and where those that are elsewhere come from and go to. */
function chipsAfter(story: Story, entry: number): readonly Chip[] {
  const steps = entry === 0 ? 0 : (story.entries[entry - 1]?.events.at(-1)?.number ?? 0);
  const chips: Chip[] = [];
  for (const place of story.snapshots[steps]?.places ?? []) {
    const lane = story.ladder.lanes.findIndex((each) => each.site.kind === "place" && each.title === place.id);
    if (lane < 0) continue;
    place.packets.forEach((packet, slot) => chips.push({ ...packet, lane, slot }));
  }
  return chips;
}

/** Where a packet is that waits nowhere: not sent yet, at its sender; arrived, where it went. */
function restingLanes(story: Story, entry: number): ReadonlyMap<number, number> {
  const lanes = new Map<number, number>();
  const laneOf = (site: Story["ladder"]["lanes"][number]["site"]): number =>
    story.ladder.lanes.findIndex(({ site: other }) => JSON.stringify(other) === JSON.stringify(site));
  for (const each of story.entries) {
    for (const event of each.events) {
      const packet = event.stretch?.instruction;
      if (packet === undefined) continue;
      const [first, last] = [event.arrows[0], event.arrows.at(-1)];
      if (each.number <= entry && last !== undefined) lanes.set(packet, laneOf(last.to));
      else if (!lanes.has(packet) && first !== undefined) lanes.set(packet, laneOf(first.from));
    }
  }
  return lanes;
}

export function LadderView({
  story,
  step,
  onStep,
}: {
  readonly story: Story;
  readonly step: number;
  readonly onStep: (entry: number) => void;
}) {
  const { ladder } = story;
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const positions = useMemo(() => lanePositions(ladder, Math.max(width, 300)), [ladder, width]);
  const { rows, height } = useMemo(() => laidRows(ladder, positions.width), [ladder, positions.width]);
  // The step that is looked at stays in sight.
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = scroller.current;
    const row = rows.find((each) => each.entry === step);
    if (box === null) return;
    const y = row?.y ?? 0;
    if (y - ROW < box.scrollTop) box.scrollTop = Math.max(0, y - ROW);
    else if (y + ROW + 40 > box.scrollTop + box.clientHeight) box.scrollTop = y + ROW + 40 - box.clientHeight;
  }, [step, rows]);
  return (
    <div class="ladder" ref={host}>
      <Stage story={story} step={step} xs={positions.xs} width={positions.width} />
      <div class="ladder-rows" ref={scroller}>
        <svg width={positions.width} height={height} viewBox={`0 0 ${positions.width} ${height}`} role="img" aria-labelledby="ladder-title">
          <title id="ladder-title">
            {`Ladder diagram of ${ladder.name} on ${ladder.platform}, step ${step} of ${story.entries.length}. The steps are listed below.`}
          </title>
          {ladder.lanes.map((lane, index) => (
            <line
              key={lane.title}
              class={lane.site.kind === "place" ? "lane place" : "lane"}
              x1={positions.xs[index]}
              x2={positions.xs[index]}
              y1={0}
              y2={height}
            />
          ))}
          {ladder.waits.map((wait, index) => {
            const first = rows[wait.first];
            if (first === undefined || first.entry > step) return null;
            const until = rows[wait.last];
            const last = until !== undefined && until.entry <= step ? until.y : (rows.findLast((row) => row.entry <= step)?.y ?? 0) + 12;
            const x = (positions.xs[wait.lane] ?? 0) - 3 + wait.track * 8;
            return <rect key={index} class="wait" x={x} y={first.y} width={6} height={Math.max(4, last - first.y)} rx={3} />;
          })}
          {rows.map((laid, index) => (
            <DrawnRow key={index} laid={laid} xs={positions.xs} step={step} width={positions.width} onStep={onStep} />
          ))}
        </svg>
      </div>
    </div>
  );
}

function DrawnRow({
  laid: { row, entry, y, notes },
  xs,
  step,
  width,
  onStep,
}: {
  readonly laid: Laid;
  readonly xs: readonly number[];
  readonly step: number;
  readonly width: number;
  readonly onStep: (entry: number) => void;
}) {
  const state = entry < step ? "past" : entry === step ? "now" : "future";
  const [from, to] = [xs[row.from] ?? 0, xs[row.to] ?? 0];
  const passing = row.passes.length > 0;
  const direction = Math.sign(to - from);
  const tip = to - direction * 2;
  const middle = labelMiddle(row, xs);
  const half = (row.label.length * CHARACTER) / 2;
  const labelX = Math.max(half + 20, Math.min(width - half - 4, middle));
  return (
    <g class={`row ${state}${passing ? " passing" : ""}`} onClick={() => onStep(entry)}>
      <rect class="band" x={0} y={y - 20} width={width} height={28 + notes.length * NOTE} />
      {row.number !== undefined ? (
        <text class="number" x={4} y={y + 4}>
          {row.number}
        </text>
      ) : null}
      {row.from === row.to ? (
        <>
          <circle class="dot" cx={from} cy={y} r={4} />
          <text
            class="label"
            x={from + 8 + row.label.length * CHARACTER > width ? from - 8 : from + 8}
            y={y + 4}
            text-anchor={from + 8 + row.label.length * CHARACTER > width ? "end" : "start"}
          >
            {row.label}
          </text>
        </>
      ) : (
        <>
          <line class={`arrow ${row.kind === "reply" ? "reply" : ""}`} x1={from} x2={tip} y1={y} y2={y} pathLength={1} />
          <path class="tip" d={`M${to} ${y} l${-direction * 9} -4.5 v9 z`} />
          <text class="label" x={labelX} y={y - 6} text-anchor="middle">
            {row.label}
          </text>
        </>
      )}
      {row.passes.map((lane) => (
        <circle key={lane} class="passed" cx={xs[lane]} cy={y} r={5} />
      ))}
      {notes.map((note, index) => (
        <text key={index} class="note" x={24} y={y + 17 + index * NOTE}>
          {note}
        </text>
      ))}
    </g>
  );
}

/** A label stands in the widest gap that its arrow crosses. */
function labelMiddle(row: Row, xs: readonly number[]): number {
  const stops = [row.from, ...row.via, row.to].sort((a, b) => a - b);
  const low = xs[stops[0] as number] ?? 0;
  const high = xs[stops.at(-1) as number] ?? 0;
  if (row.via.length === 0) return (low + high) / 2;
  let best = { from: low, to: high, size: 0 };
  for (let lane = stops[0] as number; lane < (stops.at(-1) as number); lane++) {
    const [from, to] = [xs[lane] ?? 0, xs[lane + 1] ?? 0];
    if (to - from > best.size) best = { from, to, size: to - from };
  }
  return (best.from + best.to) / 2;
}

function Stage({
  story,
  step,
  xs,
  width,
}: {
  readonly story: Story;
  readonly step: number;
  readonly xs: readonly number[];
  readonly width: number;
}) {
  const { ladder } = story;
  const chips = useMemo(() => Array.from({ length: story.entries.length + 1 }, (_, entry) => chipsAfter(story, entry)), [story]);
  const resting = useMemo(() => restingLanes(story, step), [story, step]);
  const here = chips[step] ?? [];
  const packets = useMemo(() => {
    const all = new Map<number, string>();
    for (const each of chips.flat()) if (!all.has(each.instruction)) all.set(each.instruction, each.label);
    return [...all];
  }, [chips]);
  const deepest = Math.max(1, ...chips.map((each) => Math.max(0, ...each.map((chip) => chip.slot + 1))));
  const steps = step === 0 ? 0 : (story.entries[step - 1]?.events.at(-1)?.number ?? 0);
  const now = story.snapshots[steps];
  const heads = 40;
  const height = heads + deepest * CHIP + 8;
  const room = (index: number): number => {
    const before = index === 0 ? (xs[0] ?? 0) * 2 : (xs[index] ?? 0) - (xs[index - 1] ?? 0);
    const after = index === xs.length - 1 ? (width - (xs[index] ?? 0)) * 2 : (xs[index + 1] ?? 0) - (xs[index] ?? 0);
    return Math.max(34, Math.min(before, after, 150) - 4);
  };
  return (
    <div class="stage" style={{ height: `${height}px`, width: `${width}px` }} aria-hidden="true">
      {ladder.lanes.map((lane, index) => (
        <div
          key={lane.title}
          class={`head ${lane.site.kind}`}
          title={lane.meaning}
          style={{
            left: `${(xs[index] ?? 0) - room(index) / 2}px`,
            width: `${room(index)}px`,
            height: lane.site.kind === "place" ? `${height - 4}px` : undefined,
          }}
        >
          <span class="head-title">{lane.title}</span>
          {lane.site.kind === "memory" ? (
            <span class="values">
              {now?.memory
                .filter((each) => !each.register)
                .slice(0, 4)
                .map((each) => `${each.name}=${each.value}`)
                .join(" ")}
            </span>
          ) : null}
        </div>
      ))}
      {packets.map(([instruction, label]) => {
        const chip = here.find((each) => each.instruction === instruction);
        const lane = chip?.lane ?? resting.get(instruction) ?? 0;
        const at = chip?.slot ?? 0;
        const size = chip === undefined ? 40 : room(lane) - 8;
        return (
          <span
            key={instruction}
            class={`chip${chip === undefined ? " away" : ""}${chip?.reply === true ? " reply" : ""}`}
            style={{ width: `${size}px`, transform: `translate(${(xs[lane] ?? 0) - size / 2}px, ${heads - 14 + at * CHIP}px)` }}
          >
            {chip?.label ?? label}
          </span>
        );
      })}
    </div>
  );
}
