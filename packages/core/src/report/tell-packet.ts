/** Packets: sent, moving from place to place, arriving, answered. */
import type { Instruction } from "../machine/instruction.js";
import type { Packet } from "../machine/packet.js";
import { BURST, REFUSED, type State, stepChoice, TAKEN_BY } from "../machine/step.js";
import type { Arrow, Passing, Site, Stretch } from "./event.js";
import { missedBy } from "./missed.js";
import { aheadOf } from "./overtaking.js";
import type { Visit } from "./run.js";
import { MEMORY, own, type Scene, type Told } from "./scene.js";
import { missedWords, packetSentence } from "./sentence.js";

/** `from` is 0 where the packet is sent, else the hop whose place it leaves; `end`: what becomes of it, where that is not what its kind says. */
export function tellPacket(
  scene: Scene,
  { stepper, before, after, step }: Visit,
  instruction: Instruction,
  from: number,
  end?: string,
): Told {
  const { machine, names, sent, target } = scene;
  const packet = machine.packets[instruction.packet] as Packet;
  const { name: sender } = scene.thread(instruction);
  const { hops } = packet;
  const to = scene.standing(after, instruction);
  if (from === 0) {
    const location = stepper.address(before, instruction.id);
    target.set(instruction.id, location);
    const writes = instruction.kind === "dma-write" || instruction.kind === "pio-write";
    if (writes && stepChoice(step) === 1) return merged(scene, instruction, location);
    // On an empty route it has arrived at once.
    if (writes) sent.set(instruction.id, packet.home > 0 ? scene.value(after, instruction) : stepper.location(after, location));
  }
  const arrives = from === packet.home;
  const slot = machine.layout.looked[instruction.packet] as number;
  const refused = from > 0 && slot >= 0 && (before[slot] === 2 || stepChoice(step) === REFUSED);
  const location = target.get(instruction.id) ?? -1;
  // Withheld: it stays at the device.
  const held = to === packet.held && from !== to;
  const entered = to >= 1 && to <= hops.length && to !== from && !held ? (hops[to - 1]?.place ?? -1) : -1;
  // The words of a burst leave together: none passes another.
  const together = from > 0 && stepChoice(step) > BURST && stepChoice(step) < TAKEN_BY;
  const passed = from === 0 || together ? [] : passings(scene, before, instruction);
  const overtook = from === 0 ? scene.overtakings(stepper, before, instruction) : [];
  const looks =
    arrives && !refused && end === undefined && packet.held === 0 && isRead(instruction) && !isEmptyRead(instruction) && location >= 0;
  const missed = (
    looks ? missedBy(stepper, before, names, scene, instruction, location, scene.value(after, instruction), stepChoice(step)) : []
  )
    // Said already.
    .filter(({ write }) => !passed.some(({ older }) => older === write));
  const stretch: Stretch = {
    instruction: instruction.id,
    // The sender is named already: `D0 sends DMA write data=1`.
    name: from === 0 ? names.packet(instruction, sent, location) : names.packetOf(instruction, sent, location),
    sender: from === 0 ? sender : undefined,
    left: from === 0 ? undefined : names.place(hops[from - 1]?.place ?? -1),
    entered: entered < 0 ? undefined : names.place(entered),
    arrives: end ?? (arrives ? (refused ? REFUSAL : `${arrival(scene, instruction, after)}${missedWords(missed)}`) : undefined),
    reply: from > packet.home,
    returns: from > packet.home && to > hops.length ? `reaches ${sender}${answer(scene, instruction, after, ": ")}` : undefined,
  };
  return {
    actor: sender,
    what: packetSentence([{ stretch, passed, overtook }]),
    arrows: arrowsOf(scene, instruction, from, entered, after),
    stretch,
    passed,
    overtook,
    missed,
  };
}

const REFUSAL = "is refused, because nothing is mapped there any more";

/** One burst: the first word, and what becomes of those behind it. */
export function tellBurst(scene: Scene, visit: Visit, first: Instruction): readonly Told[] {
  const { machine } = scene;
  const others = machine.packets.flatMap(({ instruction, home, location }): Told[] => {
    const other = machine.instructions[instruction] as Instruction;
    if (other === first || scene.standing(visit.before, other) === scene.standing(visit.after, other)) return [];
    const lost = machine.program.locations[location]?.noBurst === true;
    return [tellPacket(scene, visit, other, home, lost ? "comes as a later word of the same burst, and the device loses it" : undefined)];
  });
  return [tellPacket(scene, visit, first, scene.standing(visit.before, first)), ...others];
}

/** A completion is taken by another requester than the one it was for, which has to ask again. */
export function tellTheft(scene: Scene, visit: Visit, owner: Instruction, thief: Instruction): readonly Told[] {
  const { machine, names, sent, target } = scene;
  const packet = machine.packets[owner.packet] as Packet;
  const name = names.packetOf(owner, sent, target.get(owner.id) ?? -1);
  const value = names.value(scene.value(visit.after, thief));
  const from = packet.hops[scene.standing(visit.before, owner) - 1]?.place ?? -1;
  const first = packet.hops[0]?.place ?? -1;
  const asked = machine.packets[thief.packet]?.hops[0]?.place ?? -1;
  const { name: actor } = scene.thread(owner);
  const taken = tellPacket(scene, visit, thief, 1, `finds the answer to ${name} in ${names.place(from)}, and takes it: ${value}`);
  const waiting: Site = { kind: "place", place: from };
  const asking: Site = { kind: "place", place: first };
  const stretch: Stretch = {
    instruction: owner.id,
    name: `${actor} has to ask again: ${name}`,
    sender: undefined,
    left: names.place(from),
    entered: names.place(first),
    arrives: undefined,
    reply: false,
    returns: undefined,
  };
  return [
    {
      ...taken,
      arrows: [
        {
          from: { kind: "place", place: asked },
          to: waiting,
          label: names.label(thief, sent, target.get(thief.id) ?? -1),
          kind: "request",
        },
        { from: waiting, to: taken.arrows.at(-1)?.to ?? waiting, label: `${actor}'s ${value}`, kind: "reply" },
      ],
    },
    {
      actor,
      what: packetSentence([{ stretch, passed: [], overtook: [] }]),
      arrows: [{ from: waiting, to: asking, label: "again", kind: "request" }],
      stretch,
    },
  ];
}

/** A write-combining buffer has taken a later write to the same word instead. */
function merged({ names, sent, siteOfThread, thread }: Scene, instruction: Instruction, location: number): Told {
  const { name } = thread(instruction);
  return {
    actor: name,
    what: `${name}'s ${names.packet(instruction, sent, location)} never leaves: a later write to the same word takes its place in the write-combining buffer`,
    arrows: own(siteOfThread(instruction.thread), "merged"),
  };
}

const isRead = ({ kind }: Instruction): boolean => kind === "pio-read" || kind === "dma-read";
const isEmptyRead = ({ operation }: Instruction): boolean => operation.kind === "dma-read" && operation.zeroLength;

/** The value that comes back, behind `before`; nothing where none does. */
function answer({ names, value }: Scene, instruction: Instruction, state: State, before: string): string {
  const brings = instruction.kind === "dma-atomic" || (isRead(instruction) && !isEmptyRead(instruction));
  return brings ? `${before}${names.value(value(state, instruction))}` : "";
}

/** What a packet does at its home. */
function arrival(scene: Scene, instruction: Instruction, after: State): string {
  const { machine, names, target } = scene;
  const at = machine.program.locations[target.get(instruction.id) ?? -1];
  const inMemory = at === undefined || at.space === "memory";
  const where = inMemory ? "memory" : names.device(at.owner);
  switch (instruction.kind) {
    case "dma-write":
      return inMemory ? "lands in memory" : `reaches ${where}`;
    case "pio-read":
    case "dma-read":
      if ((machine.packets[instruction.packet]?.held ?? 0) > 0) return `reaches ${where}, which has not answered yet`;
      if (instruction.kind === "dma-read")
        return isEmptyRead(instruction) ? `reaches ${where}` : `reads ${names.value(scene.value(after, instruction))} in ${where}`;
      return `reaches ${where}, which answers ${names.value(scene.value(after, instruction))}`;
    case "dma-atomic":
      return `is performed in ${where}`;
    case "msi":
    case "intx": {
      const handler = machine.threads[handlerOf(scene, instruction)];
      return handler === undefined ? "reaches the CPU" : `reaches the CPU: ${handler.name} is to run`;
    }
    case "token":
      return `is acknowledged to ${scene.thread(instruction).name}`;
    default:
      return `reaches ${where}`;
  }
}

/** The thread that an interrupt starts, or -1. */
function handlerOf({ machine, thread }: Scene, instruction: Instruction): number {
  const { operation } = instruction;
  const { device } = thread(instruction).thread;
  return machine.threads.findIndex(({ thread: { on } }) => {
    if (on === undefined || on.kind !== instruction.kind || on.device !== device) return false;
    return on.kind !== "msi" || operation.kind !== "msi" || on.vector === operation.vector;
  });
}

/** Where a packet's request ends. */
function home(scene: Scene, instruction: Instruction): Site {
  if (instruction.kind === "token") return scene.siteOfThread(instruction.thread);
  if (instruction.kind !== "msi" && instruction.kind !== "intx") return scene.siteOfLocation(scene.target.get(instruction.id) ?? -1);
  const handler = handlerOf(scene, instruction);
  return handler < 0 ? MEMORY : scene.siteOfThread(handler);
}

function arrowsOf(scene: Scene, instruction: Instruction, from: number, entered: number, after: State): readonly Arrow[] {
  const { machine, names, sent, target } = scene;
  const packet = machine.packets[instruction.packet] as Packet;
  const sender = scene.siteOfThread(instruction.thread);
  const label = names.label(instruction, sent, target.get(instruction.id) ?? -1);
  const back = answer(scene, instruction, after, "") || "done";
  const start: Site = from === 0 ? sender : { kind: "place", place: packet.hops[from - 1]?.place ?? -1 };
  const end: Site = entered >= 0 ? { kind: "place", place: entered } : sender;
  if (from > packet.home) return [{ from: start, to: end, label: back, kind: "reply" }];
  if (from < packet.home) return [{ from: start, to: end, label, kind: "request" }];
  const token = instruction.kind === "token";
  const request: Arrow = { from: start, to: home(scene, instruction), label: token ? "done" : label, kind: token ? "reply" : "request" };
  return entered < 0 ? [request] : [request, { from: request.to, to: end, label: back, kind: "reply" }];
}

/** The older packets that a packet passes when it leaves its place. */
function passings({ machine, names, sent, target, standing }: Scene, before: State, instruction: Instruction): readonly Passing[] {
  const packet = machine.packets[instruction.packet] as Packet;
  const hop = standing(before, instruction);
  const instance = packet.hops[hop - 1]?.place ?? -1;
  const table = machine.platform.fabric.places[machine.places[instance]?.place ?? -1]?.table ?? "?";
  return aheadOf(machine, before, instruction.packet).map((ahead) => {
    const older = machine.instructions[machine.packets[ahead.packet]?.instruction ?? -1] as Instruction;
    return {
      older: names.packetOf(older, sent, target.get(older.id) ?? -1),
      olderInstruction: older.id,
      youngerInstruction: instruction.id,
      placeId: names.placeId(instance),
      place: names.place(instance),
      table,
      cell: machine.cell(instruction.packet, hop, ahead.packet, ahead.hop),
    };
  });
}
