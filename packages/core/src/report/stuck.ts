/** Where a run is stuck: which packets cannot leave their place, and what threads wait for. */
import type { MachineThread } from "../machine/machine.js";
import { passive } from "../machine/path.js";
import { createStepper } from "../machine/step.js";
import type { Replay } from "./replay.js";

/** One line for each packet that is under way and each thread that has not ended. */
export function stuckLines({ machine, names, end, whereabouts, nameOf, events }: Replay): readonly string[] {
  const stepper = createStepper(machine);
  const last = events.at(-1)?.number ?? 0;
  /** What holds a packet: an older one that it may not pass, by which cell, or a place that is full. */
  const reason = (id: number): string => {
    const packet = machine.instructions[id]?.packet ?? -1;
    const hopOf = (of: number): number => end[machine.layout.status + of] as number;
    const here = machine.packets[packet]?.hops[hopOf(id) - 1];
    const other = stepper.packetObstacles(end, id)[0];
    const blocker = machine.instructions[other ?? -1]?.packet ?? -1;
    const there = other === undefined ? undefined : machine.packets[blocker]?.hops[hopOf(other) - 1];
    if (other === undefined || here === undefined || there === undefined) return "";
    if (there.place !== here.place) return `: ${names.place(there.place)} has no room`;
    const cell = machine.cell(packet, hopOf(id), blocker, hopOf(other));
    return `, behind ${nameOf(other)}${cell === undefined ? "" : ` (${cell.id})`}`;
  };
  const packets = machine.packets.flatMap(({ instruction }) => {
    const place = whereabouts(last, instruction);
    return place < 0 ? [] : [`${nameOf(instruction)} waits in ${names.place(place)}${reason(instruction)}`];
  });
  const threads = machine.threads.flatMap((thread: MachineThread, index) => {
    const { ids, ends } = stepper.path(end, index);
    const open = ids.find((id) => !stepper.done(end, id) || machine.instructions[id] === undefined);
    const waiting = machine.instructions[open ?? (ends === "end" ? -1 : (ids.at(-1) ?? -1))];
    return waiting === undefined || (passive(waiting) && ends === "end") ? [] : [`${thread.name} waits at ${waiting.operation.text}`];
  });
  return [...packets, ...threads];
}
