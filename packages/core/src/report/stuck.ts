/** Where a run is stuck: which packets cannot leave their place, and what threads wait for. */
import { type MachineThread } from "../machine/machine.js";
import { passive } from "../machine/path.js";
import { createStepper } from "../machine/step.js";
import type { Replay } from "./replay.js";

/** One line for each packet that is under way and each thread that has not ended. */
export function stuckLines({ machine, names, end, whereabouts, nameOf, events }: Replay): readonly string[] {
  const stepper = createStepper(machine);
  const last = events.at(-1)?.number ?? 0;
  const packets = machine.packets.flatMap(({ instruction }) => {
    const place = whereabouts(last, instruction);
    return place < 0 ? [] : [`${nameOf(instruction)} waits in ${names.place(place)}`];
  });
  const threads = machine.threads.flatMap((thread: MachineThread, index) => {
    const { ids, ends } = stepper.path(end, index);
    const open = ids.find((id) => !stepper.done(end, id) || machine.instructions[id] === undefined);
    const waiting = machine.instructions[open ?? (ends === "end" ? -1 : (ids.at(-1) ?? -1))];
    return waiting === undefined || (passive(waiting) && ends === "end") ? [] : [`${thread.name} waits at ${waiting.operation.text}`];
  });
  return [...packets, ...threads];
}
