/** All that a run asks of a platform's times, for one machine and workload. */
import type { Machine } from "../machine/index.js";
import { figuresOf, type UsedFigure } from "./figures.js";
import { type InstructionTimes, instructionTimes } from "./instruction-times.js";
import { type PacketTimes, packetTimes } from "./packet-times.js";
import type { Workload } from "./workload.js";

/** All times of a machine, as tables. */
export interface Times extends PacketTimes, InstructionTimes {
  /** By place instance: credits (Infinity: none), and whether the devices of a workload share it. */
  readonly credits: Float64Array;
  readonly shared: Uint8Array;
  readonly miss: number;
  readonly propagation: number;
  readonly poll: number;
  readonly interrupt: number;
  readonly interruptWork: number;
  readonly loop: number;
  readonly start: number;
  /** The table of mappings: what a request takes whose entry nobody has used yet; how long, at most, one is found that was taken away lazily. */
  readonly walk: number;
  readonly flush: number;
  /** Where DMA does not snoop: mean time until a line is dropped, fetched or written back of its own accord. */
  readonly evict: number;
  readonly figures: readonly UsedFigure[];
}

/** Throws `NoTimes` where the platform has none. */
export function resolveTimes(machine: Machine, workload: Workload, payload: readonly number[]): Times {
  const figured = figuresOf(machine, workload, payload);
  const { fabric, value } = figured;
  const { figures } = figured.cpu;
  const { platform, places } = machine;
  const looksUp = machine.layout.looked.some((slot) => slot >= 0);
  const gated = (): number => value("cpu poll", figures.poll);
  return {
    ...packetTimes(figured),
    ...instructionTimes(figured),
    credits: Float64Array.from(places, (instance) => {
      const id = platform.fabric.places[instance.place]?.id ?? "";
      return value(`place ${id} credits`, fabric.places[id]?.credits, Number.POSITIVE_INFINITY);
    }),
    shared: Uint8Array.from(places, (instance) => {
      const per = platform.fabric.places[instance.place]?.per;
      return per === "machine" || per === "node" || per === "cpu" ? 1 : 0;
    }),
    miss: value("cpu miss", figures.miss),
    propagation: machine.listLike && !platform.cpu.multiCopyAtomic ? value("cpu propagation", figures.propagation) : 0,
    poll: gated(),
    interrupt: machine.threads.some((thread) => thread.handler >= 0) ? value("cpu interrupt", figures.interrupt) : 0,
    interruptWork: machine.threads.some((thread) => thread.handler >= 0) ? value("cpu interrupt-work", figures["interrupt-work"]) : 0,
    loop: gated(),
    walk: looksUp ? value("translation walk", fabric.translation?.walk) : 0,
    flush: looksUp ? value("translation flush", fabric.translation?.flush) : 0,
    evict: platform.fabric.coherent ? 0 : value("cpu evict", figures.evict),
    start: value("device start", fabric.device?.start),
    figures: figured.used(),
  };
}
