/** What threads do of their own: accesses to memory, a device's registers, waiting, telling. */
import type { Instruction } from "../machine/instruction.js";
import { type State, stepChoice } from "../machine/step.js";
import { missedBy } from "./missed.js";
import { forwardedFrom } from "./overtaking.js";
import type { Visit } from "./run.js";
import { atomicName, MEMORY, own, type Scene, type Told } from "./scene.js";
import { missedWords, overtakingWords } from "./sentence.js";

export function tellAccess(scene: Scene, visit: Visit, instruction: Instruction): Told {
  const { names } = scene;
  const { name: actor } = scene.thread(instruction);
  const site = scene.siteOfThread(instruction.thread);
  const place = names.location(visit.stepper.address(visit.before, instruction.id));
  const { text } = instruction.operation;
  switch (instruction.kind) {
    case "load":
      return tellLoad(scene, visit, instruction);
    case "store":
      return tellStore(scene, visit, instruction);
    case "rmw":
      return tellAtomic(scene, visit, instruction);
    case "fence":
      return {
        actor,
        what: `${actor}'s ${text} takes effect: what it has seen and written has reached everybody it must`,
        arrows: own(site, FENCE),
      };
    case "register-read": {
      const value = names.value(scene.value(visit.after, instruction));
      return { actor, what: `${actor} reads its own ${place}: ${value}`, arrows: own(site, `${place}: ${value}`) };
    }
    case "register-write": {
      const value = names.value(visit.stepper.location(visit.after, instruction.location));
      return { actor, what: `${actor} sets its own ${place}=${value}`, arrows: own(site, `${place}=${value}`) };
    }
    case "wait":
      return { actor, what: `${actor} goes on: ${text} holds`, arrows: own(site, "wait over") };
    case "tell": {
      const told = names.device(instruction.device);
      return {
        actor,
        what: `${actor} tells ${told} out of band`,
        arrows: [{ from: site, to: { kind: "device", device: instruction.device }, label: "tells", kind: "write" }],
      };
    }
    case "answer": {
      const packet = answeredBy(scene, visit, instruction);
      const reader = packet < 0 ? undefined : machineInstruction(scene, packet);
      const whose = reader === undefined ? "a read" : `${scene.thread(reader).name}'s read`;
      const value = reader === undefined ? "?" : names.value(scene.value(visit.after, reader));
      const what = `${actor} answers ${whose} of ${place}: ${value}`;
      const standing = reader === undefined ? 0 : scene.standing(visit.after, reader);
      const entered = scene.machine.packets[packet]?.hops[standing - 1]?.place;
      if (entered === undefined) return { actor, what, arrows: own(site, `answer ${place}: ${value}`) };
      return { actor, what, arrows: [{ from: site, to: { kind: "place", place: entered }, label: `answer ${value}`, kind: "reply" }] };
    }
    case "hear":
      return { actor, what: `${actor} has heard from ${names.device(instruction.device)}`, arrows: own(site, "heard") };
    case "ats-wait":
      return {
        actor,
        what: `${actor} sees that the invalidation of ${names.device(instruction.device)} is complete`,
        arrows: own(site, "ats done"),
      };
    case "map":
      return {
        actor,
        what: `${actor} maps ${names.location(instruction.mapping)} (${text})`,
        arrows: own(site, `map ${names.location(instruction.mapping)}`),
      };
    case "unmap":
      return {
        actor,
        what: `${actor} takes ${names.location(instruction.mapping)} out of the table of mappings (${text})`,
        arrows: own(site, `unmap ${names.location(instruction.mapping)}`),
      };
    case "unmapped":
      return {
        actor,
        what: `${actor} goes on: every request that found ${names.location(instruction.mapping)} mapped has arrived`,
        arrows: own(site, "unmapped"),
      };
    case "sync-for-cpu":
      return { actor, what: `${actor} drops the cached copy of ${place} (${text})`, arrows: own(site, `drop ${place}`) };
    case "sync-for-device":
      return {
        actor,
        what: `${actor} writes the cached copy of ${place} back (${text})`,
        arrows: [{ from: site, to: MEMORY, label: `back ${place}`, kind: "write" }],
      };
    default:
      return { actor, what: `${actor} performs ${text}`, arrows: own(site, instruction.kind) };
  }
}

/** The packet that an answer was for: the one that waited before and does not any more. */
function answeredBy({ machine, standing }: Scene, { before, after }: Visit, answer: Instruction): number {
  return machine.packets.findIndex((packet) => {
    const reader = machine.instructions[packet.instruction];
    if (reader === undefined || packet.held === 0 || packet.location !== answer.location) return false;
    return standing(before, reader) === packet.held && standing(after, reader) !== packet.held;
  });
}

const machineInstruction = ({ machine }: Scene, packet: number): Instruction | undefined =>
  machine.instructions[machine.packets[packet]?.instruction ?? -1];

/** The label of a fence that is a step of its own. */
export const FENCE = "fence";

function tellLoad(scene: Scene, { stepper, before, after, step }: Visit, instruction: Instruction): Told {
  const { machine, names } = scene;
  const { name: actor } = scene.thread(instruction);
  const site = scene.siteOfThread(instruction.thread);
  const location = stepper.address(before, instruction.id);
  const place = names.location(location);
  const half = instruction.pair >= 0;
  // The read half of an atomic keeps what it has read behind what it returns, for as long as its write half needs it.
  const read = half ? stored(scene, before, location, stepChoice(step)) : scene.value(after, instruction);
  const value = names.value(read);
  const overtook = scene.overtakings(stepper, before, instruction);
  const words = overtakingWords(overtook);
  if (forwardedFrom(stepper, before, instruction) >= 0) {
    const what = `${actor} reads ${place}: ${value}, from its own write, which has not left the CPU yet${words}`;
    return { actor, what, arrows: own(site, `${place}: ${value}`), overtook };
  }
  const missed = location < 0 ? [] : missedBy(stepper, before, names, scene, instruction, location, read, stepChoice(step));
  const lock = instruction.operation.kind === "lock";
  const object = half
    ? lock
      ? `finds ${place} free`
      : `reads ${place}: ${value}, for its ${atomicName(instruction)}`
    : `reads ${place}: ${value}`;
  const copy = location < 0 ? -1 : (machine.layout.copy[location] as number);
  const cached = copy >= 0 && before[copy] !== 0;
  return {
    actor,
    what: `${actor} ${object}${cached ? " (from its cache)" : ""}${words}${missedWords(missed)}`,
    arrows: cached ? own(site, `${place}: ${value} (cache)`) : [{ from: MEMORY, to: site, label: `${place}: ${value}`, kind: "read" }],
    overtook,
    missed,
  };
}

function tellStore(scene: Scene, { stepper, before, after }: Visit, instruction: Instruction): Told {
  const { names } = scene;
  const { name: actor } = scene.thread(instruction);
  const site = scene.siteOfThread(instruction.thread);
  const location = stepper.address(before, instruction.id);
  const place = names.location(location);
  const value = isListed(scene, after, instruction, location) ? scene.value(after, instruction) : stored(scene, after, location, 0);
  const overtook = scene.overtakings(stepper, before, instruction);
  const { kind } = instruction.operation;
  const [verb, label] =
    kind === "unlock"
      ? [`releases ${place}`, `unlock ${place}`]
      : kind === "lock"
        ? [`takes ${place}`, `lock ${place}`]
        : [`writes ${place}=${names.value(value)}`, `${place}=${names.value(value)}`];
  return {
    actor,
    what: `${actor} ${verb}${overtakingWords(overtook)}`,
    arrows: [{ from: site, to: MEMORY, label, kind: "write" }],
    overtook,
  };
}

function tellAtomic(scene: Scene, { stepper, before, step }: Visit, instruction: Instruction): Told {
  const { names } = scene;
  const { name: actor } = scene.thread(instruction);
  const location = stepper.address(before, instruction.id);
  const place = names.location(location);
  const overtook = scene.overtakings(stepper, before, instruction);
  const name = atomicName(instruction);
  const was = location < 0 ? "" : `: it was ${names.value(stored(scene, before, location, stepChoice(step)))}`;
  const what = instruction.locks ? `takes ${place}` : `performs ${name} on ${place}${was}`;
  return {
    actor,
    what: `${actor} ${what}${overtakingWords(overtook)}`,
    arrows: [
      {
        from: scene.siteOfThread(instruction.thread),
        to: MEMORY,
        label: instruction.locks ? `lock ${place}` : `${name} ${place}`,
        kind: "write",
      },
    ],
    overtook,
  };
}

/** What a CPU finds at a location: its cached copy, or memory; where stores reach others one by one, the `choice`-th write in the location's order. */
function stored({ machine: { layout, listLike, messages, instructions } }: Scene, state: State, location: number, choice: number): number {
  if (location < 0) return 0;
  const copy = layout.copy[location] as number;
  if (copy >= 0 && state[copy] !== 0) return state[copy + 1] as number;
  const message = !listLike || choice === 0 ? -1 : (state[(layout.order[location] as number) + choice - 1] as number) - 1;
  if (message < 0) return state[layout.memory + location] as number;
  const id = messages[message] as number;
  return state[(layout.value[id] as number) + (instructions[id]?.kind === "rmw" ? 1 : 0)] as number;
}

/** Is the store kept in its location's order, because somebody has not seen it yet? */
function isListed({ machine }: Scene, state: State, store: Instruction, location: number): boolean {
  const base = location < 0 ? -1 : (machine.layout.order[location] as number);
  for (let at = 0; base >= 0 && at < (machine.layout.orderCapacity[location] as number); at++) {
    if (state[base + at] === (machine.message[store.id] as number) + 1) return true;
  }
  return false;
}
