/** A witness, replayed and told: one event per step. */
import type { Instruction, Machine, MachineThread, Packet } from "../machine/machine.js";
import {
  AGAIN,
  CACHE,
  createStepper,
  GUESS_SKIPPED,
  GUESS_TAKEN,
  HANDLE,
  MOVE,
  PERFORM,
  type State,
  type Stepper,
  stepAction,
  stepChoice,
  stepSubject,
} from "../machine/step.js";
import type { Arrow, Event, Missed, Overtaking, Passing, Site, Stretch } from "./event.js";
import { missedBy } from "./missed.js";
import { type Names, namesOf } from "./names.js";
import { aheadOf, forwardedFrom, olderNotDone, permittingRule } from "./overtaking.js";
import { runWitness, type Visit } from "./run.js";
import { missedWords, overtakingWords, packetSentence } from "./sentence.js";

/** A run of a machine that ends in a state which satisfies the proposition. */
export interface Replay {
  readonly machine: Machine;
  readonly names: Names;
  readonly steps: readonly number[];
  readonly events: readonly Event[];
  /** The `observed` terms at the end. */
  readonly values: readonly number[];
  /** The place that an instruction's packet is in after a step, or -1. */
  whereabouts(step: number, instruction: number): number;
  /** What an instruction's packet is called. */
  nameOf(instruction: number): string;
}

/** Replays a witness. Throws where it is none: the search that found it is then at fault. */
export function replay(machine: Machine, steps: readonly number[]): Replay {
  const teller = createTeller(machine);
  const stepper = createStepper(machine);
  const events: Event[] = [];
  let values: readonly number[] = [];
  const wrong = runWitness(
    machine,
    steps,
    (visit) => {
      events.push(teller.tell(visit));
      if (visit.index === steps.length - 1) values = observe(stepper, visit.after);
    },
    stepper,
  );
  if (wrong !== undefined) throw new Error(`${machine.program.name} on ${machine.platform.name}: the witness is no run: ${wrong}`);
  if (steps.length === 0) values = observe(stepper, Int32Array.from(machine.initial));
  const whereabouts = (step: number, instruction: number): number => {
    const last = events.findLast((event) => event.number <= step && event.stretch?.instruction === instruction);
    const site = last?.arrows.at(-1)?.to;
    return site?.kind === "place" ? site.place : -1;
  };
  const nameOf = (instruction: number): string => events.find((event) => event.stretch?.instruction === instruction && event.stretch.sender === undefined)?.stretch?.name ?? "a packet";
  return { machine, names: teller.names, steps, events, values, whereabouts, nameOf };
}

const observe = (stepper: Stepper, state: State): number[] =>
  stepper.machine.program.observed.map((term) =>
    term.kind === "register" ? stepper.register(state, term.thread, term.register) : stepper.location(state, term.location),
  );

/** What an event says besides its number, step and actor. */
interface Told {
  readonly actor: string;
  readonly what: string;
  readonly arrows: readonly Arrow[];
  readonly stretch?: Stretch;
  readonly passed?: readonly Passing[];
  readonly overtook?: readonly Overtaking[];
  readonly missed?: readonly Missed[];
}

const MEMORY: Site = { kind: "memory" };

function createTeller(machine: Machine): { readonly names: Names; readonly tell: (visit: Visit) => Event } {
  const names = namesOf(machine);
  const { layout, program } = machine;
  const sent = new Map<number, number>();
  const target = new Map<number, number>();
  const notes = { sent, target };

  const threadOf = (instruction: Instruction): MachineThread => machine.threads[instruction.thread] as MachineThread;
  const siteOfThread = (index: number): Site => {
    const thread = machine.threads[index] as MachineThread;
    return thread.role === "device" ? { kind: "device", device: thread.thread.device } : { kind: "thread", thread: index };
  };
  const siteOfLocation = (location: number): Site => {
    const found = program.locations[location];
    return found === undefined || found.space === "memory" ? MEMORY : { kind: "device", device: found.owner };
  };
  const own = (site: Site, label: string): Arrow[] => [{ from: site, to: site, label, kind: "own" }];
  const valueSlot = (state: State, id: number): number => state[layout.value[id] as number] as number;
  /** What memory or the only cache holds of a location. */
  const stored = (state: State, location: number): number => {
    const copy = layout.copy[location] as number;
    return copy >= 0 && state[copy] !== 0 ? (state[copy + 1] as number) : (state[layout.memory + location] as number);
  };

  /** An access in words, as the object of "ahead of its older ...". */
  const access = (instruction: Instruction, location: number): string => {
    switch (instruction.kind) {
      case "load":
        return `read of ${names.location(location)}`;
      case "store":
        return `write of ${names.location(location)}`;
      case "rmw":
        return `${atomicName(instruction)} of ${names.location(location)}`;
      default:
        return names.packet(instruction, sent, location);
    }
  };

  const overtakings = (stepper: Stepper, before: State, instruction: Instruction): Overtaking[] =>
    olderNotDone(stepper, before, instruction).map((older) => ({
      older: access(older, stepper.address(before, older.id)),
      olderInstruction: older.id,
      youngerInstruction: instruction.id,
      rule: permittingRule(machine, older, instruction),
    }));

  const passings = (before: State, instruction: Instruction): Passing[] => {
    const packet = machine.packets[instruction.packet] as Packet;
    const hop = before[layout.status + instruction.id] as number;
    const instance = packet.hops[hop - 1]?.place ?? -1;
    const place = machine.platform.fabric.places[machine.places[instance]?.place ?? -1];
    return aheadOf(machine, before, instruction.packet).map((older) => {
      const olderInstruction = machine.instructions[machine.packets[older.packet]?.instruction ?? -1] as Instruction;
      return {
        older: names.packetOf(olderInstruction, sent, target.get(olderInstruction.id) ?? -1),
        olderInstruction: olderInstruction.id,
        youngerInstruction: instruction.id,
        placeId: names.placeId(instance),
        place: names.place(instance),
        table: place?.table ?? "?",
        cell: machine.cell(instruction.packet, hop, older.packet, older.hop),
      };
    });
  };

  /** Where a packet's request ends. */
  const home = (instruction: Instruction): Site => {
    if (instruction.kind === "msi" || instruction.kind === "intx") {
      const handler = handlerOf(instruction);
      return handler < 0 ? MEMORY : siteOfThread(handler);
    }
    if (instruction.kind === "token") return siteOfThread(instruction.thread);
    return siteOfLocation(target.get(instruction.id) ?? -1);
  };
  const handlerOf = (instruction: Instruction): number => {
    const { operation } = instruction;
    const device = threadOf(instruction).thread.device;
    return machine.threads.findIndex(({ thread: { on } }) => {
      if (on === undefined || on.kind !== instruction.kind || on.device !== device) return false;
      return on.kind !== "msi" || operation.kind !== "msi" || on.vector === operation.vector;
    });
  };

  /** What a packet does at its home. */
  const arrival = (instruction: Instruction, after: State): string => {
    const location = target.get(instruction.id) ?? -1;
    const at = program.locations[location];
    const inMemory = at === undefined || at.space === "memory";
    const where = inMemory ? "memory" : names.device(at.owner);
    switch (instruction.kind) {
      case "dma-write":
        return inMemory ? "lands in memory" : `reaches ${where}`;
      case "pio-write":
        return `reaches ${where}`;
      case "pio-read":
        return `reaches ${where}, which answers ${names.value(valueSlot(after, instruction.id))}`;
      case "dma-read":
        return packetIsEmptyRead(instruction) ? `reaches ${where}` : `reads ${names.value(valueSlot(after, instruction.id))} in ${where}`;
      case "dma-atomic":
        return `is performed in ${where}`;
      case "msi":
      case "intx": {
        const handler = machine.threads[handlerOf(instruction)];
        return handler === undefined ? "reaches the CPU" : `reaches the CPU: ${handler.name} is to run`;
      }
      case "token":
        return `is acknowledged to ${threadOf(instruction).name}`;
      default:
        return "arrives";
    }
  };
  const returned = (instruction: Instruction, after: State): string => {
    const { name } = threadOf(instruction);
    if (instruction.kind === "pio-write") return `reaches ${name}`;
    return packetIsEmptyRead(instruction) ? `reaches ${name}` : `reaches ${name}: ${names.value(valueSlot(after, instruction.id))}`;
  };
  const readKinds = new Set<Instruction["kind"]>(["pio-read", "dma-read"]);

  /** A packet is sent or moves on: `from` 0 sends it, hop k leaves its k-th place. */
  const travel = ({ stepper, before, after, step }: Visit, instruction: Instruction, from: number): Told => {
    const packet = machine.packets[instruction.packet] as Packet;
    const thread = threadOf(instruction);
    const { hops } = packet;
    if (from === 0) {
      const location = stepper.address(before, instruction.id);
      target.set(instruction.id, location);
      if (instruction.kind === "dma-write" || instruction.kind === "pio-write") sent.set(instruction.id, sentValue(stepper, before, instruction));
    }
    const arrives = from === packet.home;
    const to = state(after, instruction.id);
    const entered = to >= 1 && to <= hops.length && to !== from ? (hops[to - 1]?.place ?? -1) : -1;
    const ends = hops.length > 0 && to > hops.length;
    const location = target.get(instruction.id) ?? -1;
    const passed = from === 0 ? [] : passings(before, instruction);
    const overtook = from === 0 ? overtakings(stepper, before, instruction) : [];
    const missed =
      arrives && readKinds.has(instruction.kind) && !packetIsEmptyRead(instruction) && location >= 0
        ? missedBy(stepper, before, names, notes, instruction, location, valueSlot(after, instruction.id), stepChoice(step))
        : [];
    const reply = from > packet.home;
    const stretch: Stretch = {
      instruction: instruction.id,
      name: names.packetOf(instruction, sent, location),
      sender: from === 0 ? thread.name : undefined,
      left: from === 0 ? undefined : names.place(hops[from - 1]?.place ?? -1),
      entered: entered < 0 ? undefined : names.place(entered),
      arrives: arrives ? `${arrival(instruction, after)}${missedWords(missed)}` : undefined,
      reply,
      returns: ends && from > packet.home ? returned(instruction, after) : undefined,
    };
    // The sender is named already: `D0 sends DMA write data=1`, not `of D0`.
    const name = from === 0 ? names.packet(instruction, sent, location) : stretch.name;
    const told = { ...stretch, name };
    return {
      actor: thread.name,
      what: packetSentence([told], passed, overtook),
      arrows: arrowsOf(instruction, from, entered, arrives, ends, after),
      stretch: told,
      passed,
      overtook,
      missed,
    };
  };

  const state = (of: State, id: number): number => of[layout.status + id] as number;

  const arrowsOf = (instruction: Instruction, from: number, entered: number, arrives: boolean, ends: boolean, after: State): Arrow[] => {
    const packet = machine.packets[instruction.packet] as Packet;
    const sender = siteOfThread(instruction.thread);
    const label = names.label(instruction, sent, target.get(instruction.id) ?? -1);
    const answer = readKinds.has(instruction.kind) && !packetIsEmptyRead(instruction) ? names.value(valueSlot(after, instruction.id)) : "done";
    const replies = from > packet.home;
    const start: Site = from === 0 ? sender : { kind: "place", place: packet.hops[from - 1]?.place ?? -1 };
    const end: Site = entered >= 0 ? { kind: "place", place: entered } : sender;
    if (!arrives) return [{ from: start, to: replies && ends ? sender : end, label: replies ? answer : label, kind: replies ? "reply" : "request" }];
    const request: Arrow = { from: start, to: home(instruction), label: instruction.kind === "token" ? "done" : label, kind: instruction.kind === "token" ? "reply" : "request" };
    return entered < 0 ? [request] : [request, { from: request.to, to: end, label: answer, kind: "reply" }];
  };

  /** The value that a write takes along, read off the machine right after it was sent. */
  const sentValue = (stepper: Stepper, before: State, instruction: Instruction): number => {
    // On an empty route it has arrived at once: look at where it went.
    const trial = Int32Array.from(before);
    stepper.apply(trial, instruction.id);
    const packet = machine.packets[instruction.packet] as Packet;
    return packet.home > 0 ? valueSlot(trial, instruction.id) : (trial[layout.memory + (target.get(instruction.id) ?? 0)] as number);
  };

  const perform = (visit: Visit, instruction: Instruction): Told => {
    const { stepper, before, after, step } = visit;
    const thread = threadOf(instruction);
    const actor = thread.name;
    const site = siteOfThread(instruction.thread);
    if (instruction.packet >= 0) return travel(visit, instruction, 0);
    const location = stepper.address(before, instruction.id);
    const place = names.location(location);
    switch (instruction.kind) {
      case "load": {
        const value = valueSlot(after, instruction.id);
        const overtook = overtakings(stepper, before, instruction);
        if (forwardedFrom(stepper, before, instruction) >= 0) {
          return {
            actor,
            what: `${actor} reads ${place}: ${names.value(value)}, from its own write, which has not left the CPU yet${overtakingWords(overtook)}`,
            arrows: own(site, `${place}: ${names.value(value)}`),
            overtook,
          };
        }
        const missed = location < 0 ? [] : missedBy(stepper, before, names, notes, instruction, location, value, stepChoice(step));
        return {
          actor,
          what: `${actor} reads ${place}: ${names.value(value)}${overtakingWords(overtook)}${missedWords(missed)}`,
          arrows: [{ from: MEMORY, to: site, label: `${place}: ${names.value(value)}`, kind: "read" }],
          overtook,
          missed,
        };
      }
      case "store": {
        const shown = names.value(isListed(after, instruction, location) ? valueSlot(after, instruction.id) : stored(after, location));
        const overtook = overtakings(stepper, before, instruction);
        const verb = instruction.operation.kind === "unlock" ? `releases ${place}` : `writes ${place}=${shown}`;
        return {
          actor,
          what: `${actor} ${verb}${overtakingWords(overtook)}`,
          arrows: [{ from: site, to: MEMORY, label: instruction.operation.kind === "unlock" ? `unlock ${place}` : `${place}=${shown}`, kind: "write" }],
          overtook,
        };
      }
      case "rmw": {
        const overtook = overtakings(stepper, before, instruction);
        const name = atomicName(instruction);
        const was = location < 0 ? "" : `: it was ${names.value(machine.listLike ? readMessage(before, location, stepChoice(step)) : stored(before, location))}`;
        return {
          actor,
          what: instruction.locks ? `${actor} takes ${place}${overtakingWords(overtook)}` : `${actor} performs ${name} on ${place}${was}${overtakingWords(overtook)}`,
          arrows: [{ from: site, to: MEMORY, label: instruction.locks ? `lock ${place}` : `${name} ${place}`, kind: "write" }],
          overtook,
        };
      }
      case "fence":
        return { actor, what: `${actor}'s ${instruction.operation.text} takes effect: what it has seen and written has reached everybody it must`, arrows: own(site, "fence") };
      case "register-read":
        return {
          actor,
          what: `${actor} reads its own ${place}: ${names.value(valueSlot(after, instruction.id))}`,
          arrows: own(site, `${place}: ${names.value(valueSlot(after, instruction.id))}`),
        };
      case "register-write": {
        const value = names.value(after[layout.memory + instruction.location] as number);
        return { actor, what: `${actor} sets its own ${place}=${value}`, arrows: own(site, `${place}=${value}`) };
      }
      case "wait":
        return { actor, what: `${actor} goes on: ${instruction.operation.text} holds`, arrows: own(site, "wait over") };
      case "tell":
        return {
          actor,
          what: `${actor} tells ${names.device(instruction.device)} out of band`,
          arrows: [{ from: site, to: { kind: "device", device: instruction.device }, label: "tells", kind: "write" }],
        };
      case "hear":
        return { actor, what: `${actor} has heard from ${names.device(instruction.device)}`, arrows: own(site, "heard") };
      case "ats-wait":
        return { actor, what: `${actor} sees that the invalidation of ${names.device(instruction.device)} is complete`, arrows: own(site, "ats done") };
      case "sync-for-cpu":
        return { actor, what: `${actor} drops the cached copy of ${place} (${instruction.operation.text})`, arrows: own(site, `drop ${place}`) };
      case "sync-for-device":
        return {
          actor,
          what: `${actor} writes the cached copy of ${place} back (${instruction.operation.text})`,
          arrows: [{ from: site, to: MEMORY, label: `back ${place}`, kind: "write" }],
        };
      default:
        return { actor, what: `${actor} performs ${instruction.operation.text}`, arrows: own(site, instruction.kind) };
    }
  };

  /** Is the store kept in its location's order, because somebody has not seen it yet? */
  const isListed = (of: State, store: Instruction, location: number): boolean => {
    const base = layout.order[location] as number;
    for (let at = 0; base >= 0 && at < (layout.orderCapacity[location] as number); at++) {
      if (of[base + at] === (machine.message[store.id] as number) + 1) return true;
    }
    return false;
  };

  /** The value of the `choice`-th write in a location's order. */
  const readMessage = (before: State, location: number, choice: number): number => {
    const message = choice === 0 ? -1 : (before[(layout.order[location] as number) + choice - 1] as number) - 1;
    if (message < 0) return before[layout.memory + location] as number;
    const id = machine.messages[message] as number;
    return before[(layout.value[id] as number) + (machine.instructions[id]?.kind === "rmw" ? 1 : 0)] as number;
  };

  const tell = (visit: Visit): Told => {
    const { before, step } = visit;
    const subject = stepSubject(step);
    const instruction = machine.instructions[subject] as Instruction;
    switch (stepAction(step)) {
      case PERFORM:
        return perform(visit, instruction);
      case MOVE:
        return travel(visit, instruction, state(before, subject));
      case GUESS_TAKEN:
      case GUESS_SKIPPED: {
        const thread = threadOf(instruction);
        const outcome = stepAction(step) === GUESS_TAKEN ? "holds" : "does not hold";
        return { actor: thread.name, what: `${thread.name} guesses that ${instruction.operation.text} ${outcome}, and runs ahead`, arrows: own(siteOfThread(instruction.thread), "guess") };
      }
      case AGAIN: {
        const thread = threadOf(instruction);
        return { actor: thread.name, what: `${thread.name} goes round its loop again`, arrows: own(siteOfThread(instruction.thread), "again") };
      }
      case HANDLE: {
        const thread = machine.threads[subject] as MachineThread;
        const host = machine.threads[thread.host]?.name;
        return {
          actor: thread.name,
          what: `${thread.name} starts to handle ${triggerWords(names, thread)}${host === undefined ? "" : `, interrupting ${host}`}`,
          arrows: own(siteOfThread(subject), "starts"),
        };
      }
      case CACHE: {
        const place = names.location(subject);
        const choice = stepChoice(step);
        const what = choice === 0 ? `takes a copy of ${place}` : choice === 1 ? `drops its copy of ${place}` : `writes ${place} back to memory`;
        const label = choice === 0 ? "fills" : choice === 1 ? "drops" : "writes back";
        return { actor: "cache", what: `the CPU's cache ${what} of its own accord`, arrows: own(MEMORY, `cache ${label} ${place}`) };
      }
      default:
        throw new Error(`no such step ${step}`);
    }
  };

  return {
    names,
    tell(visit) {
      const told = tell(visit);
      return { stretch: undefined, passed: [], overtook: [], missed: [], ...told, number: visit.index + 1, step: visit.step };
    },
  };
}

const packetIsEmptyRead = (instruction: Instruction): boolean => instruction.operation.kind === "dma-read" && instruction.operation.zeroLength;

function atomicName(instruction: Instruction): string {
  const { operation } = instruction;
  return operation.kind === "atomic" || operation.kind === "lock" || operation.kind === "trylock" ? operation.accessor : "atomic";
}

function triggerWords(names: Names, thread: MachineThread): string {
  const { on } = thread.thread;
  switch (on?.kind) {
    case "msi":
      return `the MSI of ${names.device(on.device)}`;
    case "intx":
      return `the INTx of ${names.device(on.device)}`;
    case "write":
      return `the write of ${names.location(on.location)}`;
    case "tell":
      return `what ${names.device(on.device)} tells`;
    case undefined:
      return "nothing";
  }
}
