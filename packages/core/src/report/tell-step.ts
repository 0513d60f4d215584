/** Steps told one by one. An indivisible step of a device is told in its parts. */
import type { Instruction } from "../machine/instruction.js";
import type { MachineThread } from "../machine/machine.js";
import {
  AGAIN,
  BURST,
  CACHE,
  GUESS_SKIPPED,
  GUESS_TAKEN,
  HANDLE,
  MOVE,
  PERFORM,
  REFUSED,
  stepAction,
  stepChoice,
  stepSubject,
  TAKEN_BY,
} from "../machine/step.js";
import type { Names } from "./names.js";
import type { Visit } from "./run.js";
import { MEMORY, own, type Scene, type Told } from "./scene.js";
import { tellAccess } from "./tell-access.js";
import { tellBurst, tellPacket, tellTheft } from "./tell-packet.js";

export function tellStep(scene: Scene, visit: Visit): readonly Told[] {
  const { machine, names } = scene;
  const { before, step } = visit;
  const subject = stepSubject(step);
  const instruction = machine.instructions[subject] as Instruction;
  switch (stepAction(step)) {
    case PERFORM:
      return [instruction, ...restOfBlock(scene, visit, instruction)].map((each) =>
        each.packet >= 0 ? tellPacket(scene, visit, each, 0) : tellAccess(scene, visit, each),
      );
    case MOVE: {
      const choice = stepChoice(step);
      if (choice >= TAKEN_BY && choice < REFUSED) {
        const thief = machine.instructions[machine.packets[choice - TAKEN_BY]?.instruction ?? -1];
        if (thief !== undefined) return tellTheft(scene, visit, instruction, thief);
      }
      if (choice > BURST && choice < TAKEN_BY) return tellBurst(scene, visit, instruction);
      return [tellPacket(scene, visit, instruction, scene.standing(before, instruction))];
    }
    case GUESS_TAKEN:
    case GUESS_SKIPPED: {
      const { name } = scene.thread(instruction);
      return [
        {
          actor: name,
          what: `${name} guesses how "${instruction.operation.text}" will go, and runs ahead`,
          arrows: own(scene.siteOfThread(instruction.thread), "guess"),
        },
      ];
    }
    case AGAIN: {
      const { name } = scene.thread(instruction);
      return [{ actor: name, what: `${name} goes round its loop again`, arrows: own(scene.siteOfThread(instruction.thread), "again") }];
    }
    case HANDLE: {
      const thread = machine.threads[subject] as MachineThread;
      const host = machine.threads[thread.host]?.name;
      return [
        {
          actor: thread.name,
          what: `${thread.name} starts to handle ${triggerWords(names, thread)}${host === undefined ? "" : `, interrupting ${host}`}`,
          arrows: own(scene.siteOfThread(subject), "starts"),
        },
      ];
    }
    case CACHE: {
      const place = names.location(subject);
      const choice = stepChoice(step);
      const what =
        choice === 0 ? `takes a copy of ${place}` : choice === 1 ? `drops its copy of ${place}` : `writes ${place} back to memory`;
      const label = choice === 0 ? `copy ${place}` : choice === 1 ? `drop ${place}` : `back ${place}`;
      return [{ actor: "cache", what: `the CPU's cache ${what} of its own accord`, arrows: own(MEMORY, label) }];
    }
    default:
      throw new Error(`no such step ${step}`);
  }
}

/** What an indivisible step performs besides its first instruction. */
function restOfBlock({ machine, standing }: Scene, { before, after }: Visit, first: Instruction): readonly Instruction[] {
  if (first.blockEnd < 0) return [];
  return machine.instructions
    .slice(first.id + 1, first.blockEnd)
    .filter((each) => each.thread === first.thread && standing(before, each) === 0 && standing(after, each) !== 0);
}

function triggerWords(names: Names, thread: MachineThread): string {
  const { on } = thread.thread;
  switch (on?.kind) {
    case "msi":
      return `the MSI of ${names.device(on.device)}`;
    case "intx":
      return `the INTx of ${names.device(on.device)}`;
    case "write":
    case "read":
      return `the ${on.kind} of ${names.location(on.location)}`;
    case "tell":
      return `what ${names.device(on.device)} tells`;
    case undefined:
      return "nothing";
  }
}
