/**
 * What a thread does, act by act: each path through a straight-line body (one per outcome of its branches), every accessor written out as the platform says.
 */
import type { Platform } from "../platform/platform.js";
import type { Expression, Operation, Program, Thread } from "../program/program.js";
import { type Act, BLANK, isConditional } from "./act.js";
import { pendingWrite } from "./pending.js";
import { Unsupported } from "./unsupported.js";
import { writeOut } from "./write-operation.js";

/** Does an expression choose between two values? What it waits for then depends on values. */
function chooses(expression: Expression | undefined): boolean {
  switch (expression?.kind) {
    case "conditional":
      return true;
    case "unary":
      return chooses(expression.operand);
    case "binary":
      return chooses(expression.left) || chooses(expression.right);
    default:
      return false;
  }
}

function expressionsOf(act: Act): readonly (Expression | undefined)[] {
  const { modify } = act;
  const of =
    modify === undefined
      ? []
      : [modify.value, modify.kind === "compare" ? modify.expected : modify.kind === "add-unless" ? modify.unless : undefined];
  return [act.address, act.value, ...of];
}

/** Loops that poll go round so often: what a poll did not find changes nothing, and a poll that found it is the last. */
const MOST_ROUNDS = 2;

/** How far a path has come: the device that was accessed last, the CPU, the rounds of each loop. */
interface Way {
  readonly device: number;
  readonly cpu: number;
  readonly rounds: ReadonlyMap<number, number>;
}

/** Every path through a thread. */
export function pathsOf(program: Program, platform: Platform, thread: Thread): readonly (readonly Act[])[] {
  const paths: (readonly Act[])[] = [];
  const blocks = new Map<number, number>();
  if (thread.on !== undefined && platform.accessors.has("handler")) throw new Unsupported("what the kernel does before a handler");
  thread.code.forEach((operation, at) => {
    if (operation.kind === "loop" && !operation.polls) throw new Unsupported("loops that do more than poll");
    if (operation.kind === "atomic-block") for (let i = 1; i <= operation.length; i++) blocks.set(at + i, at);
  });

  const follow = (prefix: readonly Act[], from: number, before: Way): void => {
    const acts = [...prefix];
    let way = before;
    for (let at = from; at < thread.code.length; at++) {
      const operation = thread.code[at] as Operation;
      if (operation.kind === "jump") {
        at = operation.to - 1;
        continue;
      }
      if (operation.kind === "loop") {
        const round = (way.rounds.get(at) ?? 0) + 1;
        if (round >= MOST_ROUNDS) return;
        way = { ...way, rounds: new Map([...way.rounds, [at, round]]) };
        at = operation.head - 1;
        continue;
      }
      const round = [...way.rounds.values()].reduce((sum, each) => sum + each, 0);
      const here = { operation: at, block: blocks.get(at) ?? -1, cpu: way.cpu, round };
      if (operation.kind === "branch") {
        if (chooses(operation.condition)) throw new Unsupported("a conditional expression");
        const branch = { ...BLANK, ...here, kind: "branch" as const, value: operation.condition, join: operation.join };
        follow([...acts, { ...branch, outcome: true }], at + 1, way);
        follow([...acts, { ...branch, outcome: false }], operation.otherwise, way);
        return;
      }
      if (operation.kind === "pio-read" || operation.kind === "pio-write")
        way = { ...way, device: program.locations[operation.location]?.owner ?? -1 };
      const { device } = way;
      const all = (failed: boolean): readonly Act[] =>
        writeOut({ program, platform, here, device, failed, pending: () => pendingWrite(thread, acts) }, operation);
      const written = all(false);
      refuseUnknown(written);
      if (mayFail(platform, operation, written)) follow([...acts, ...all(true)], at + 1, way);
      acts.push(...written);
      if (operation.kind === "migrate" && operation.cpu.kind === "constant") way = { ...way, cpu: operation.cpu.value };
    }
    paths.push(acts);
  };
  follow([], 0, { device: -1, cpu: thread.cpu, rounds: new Map() });
  return paths;
}

/** Throws for acts that the oracle does not cover. */
function refuseUnknown(written: readonly Act[]): void {
  if (written.some((act) => expressionsOf(act).some(chooses))) throw new Unsupported("a conditional expression");
  if (written.some((act) => act.block >= 0 && ["wait", "hear", "answer", "dma-read", "dma-atomic"].includes(act.kind)))
    throw new Unsupported("an indivisible step that may have to wait");
}

/** Is there a path on which an atomic stores nothing? Then its write half is not there, nor its fences where the platform says so. */
function mayFail(platform: Platform, operation: Operation, written: readonly Act[]): boolean {
  if (operation.kind !== "atomic" && operation.kind !== "trylock") return false;
  if (!isConditional(written.find((act) => act.modify !== undefined)?.modify)) return false;
  const own = operation.kind === "atomic" && platform.accessors.has("atomic_failed");
  return own || written.some((act) => act.half === "read");
}
