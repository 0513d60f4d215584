/** What a replayed run is made of: one event per step, told in words and by where it happens. */
import type { Cell, WindowRule } from "../platform/platform.js";

/** Where something is: the lanes of a ladder diagram. `place` is the number of a place's instance in the machine. */
export type Site =
  | { readonly kind: "thread"; readonly thread: number }
  /** A device, its registers included; -1 is the chipset. */
  | { readonly kind: "device"; readonly device: number }
  | { readonly kind: "place"; readonly place: number }
  | { readonly kind: "memory" };

/** What a picture shows of an event: something goes from one site to another, or happens at one (`from` and `to` are the same). */
export interface Arrow {
  readonly from: Site;
  readonly to: Site;
  readonly label: string;
  /** `own`: at one site. */
  readonly kind: "request" | "reply" | "read" | "write" | "own";
}

/** A packet left a place before one that was there earlier. */
export interface Passing {
  /** The older packet in words. */
  readonly older: string;
  /** Its instruction, and the passing one's. */
  readonly olderInstruction: number;
  readonly youngerInstruction: number;
  /** Id and words of the place. */
  readonly placeId: string;
  readonly place: string;
  readonly table: string;
  /** The cell that lets it pass; undefined where the packet does not wait for that kind (a drain, for what it does not ask for). */
  readonly cell: Cell | undefined;
}

/** An access was performed before an older one of its thread. */
export interface Overtaking {
  readonly older: string;
  readonly olderInstruction: number;
  readonly youngerInstruction: number;
  /** The rule that lets it go first; undefined where no rule of the window says anything. */
  readonly rule: WindowRule | undefined;
}

/** A write that a read has missed, and where it was at that moment: `is still in the interconnect`. */
export interface Missed {
  readonly write: string;
  readonly where: string;
  /** What kept it: a place on its way, its CPU's window, the way to the reader (a CPU or a device), a cache. */
  readonly by: "place" | "window" | "cpus" | "devices" | "cache";
}

/** One stretch of a packet's way. */
export interface Stretch {
  /** The instruction that sent it. */
  readonly instruction: number;
  /** In words, with whose it is where several threads send packets. */
  readonly name: string;
  /** Its sender, in the event that sends it. */
  readonly sender: string | undefined;
  /** In words: the place it leaves, and the place it enters. */
  readonly left: string | undefined;
  readonly entered: string | undefined;
  /** What it does at its home, if it arrives: `lands in memory`, `reaches D0, which answers 1`. */
  readonly arrives: string | undefined;
  /** It is on its way back. */
  readonly reply: boolean;
  /** What the end of its way back means: `reaches P0: 1`. */
  readonly returns: string | undefined;
}

export interface Event {
  /** Number of the step, from 1. */
  readonly number: number;
  /** The packed step. */
  readonly step: number;
  /** The thread or device whose doing it is. */
  readonly actor: string;
  /** One sentence without its full stop. */
  readonly what: string;
  readonly arrows: readonly Arrow[];
  /** Set where a packet moves. */
  readonly stretch: Stretch | undefined;
  readonly passed: readonly Passing[];
  readonly overtook: readonly Overtaking[];
  readonly missed: readonly Missed[];
}
