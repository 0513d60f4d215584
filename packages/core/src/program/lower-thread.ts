/** Threads: where each runs, what starts it, and its code. */
import type { Attribute, Clause, Test, Thread as ThreadTree } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Source, Span } from "../source.js";
import type { Body } from "./body.js";
import { Code } from "./code.js";
import type { Complaints } from "./complaints.js";
import type { Devices } from "./devices.js";
import { lowerBody } from "./lower-body.js";
import { lowerExpression } from "./lower-expression.js";
import type { Operation, Thread, Trigger } from "./program.js";
import type { Locations } from "./resolve.js";
import { scopeOf } from "./scope.js";
import { withoutStructurePointers } from "./structure-pointers.js";

/** A thread whose code is written, but whose registers may still get company from the condition. */
export interface LoweredThread {
  readonly name: string;
  /** Its device, or -1. */
  readonly device: number;
  /** As in `Registers` of lower-condition.ts. */
  register(name: string, span: Span): number;
  registerName(register: number): string;
  /** Its operations as written so far. */
  operations(): readonly Operation[];
  finish(): Thread;
}

/** Lowers a thread: its clauses and its body. */
export function lowerThread(
  written: ThreadTree,
  test: Test,
  source: Source,
  locations: Locations,
  devices: Devices,
  complaints: Complaints,
): LoweredThread {
  const tree = withoutStructurePointers(written, test);
  const device = tree.role === "device" ? (devices.find(tree.name) ?? -1) : -1;
  const place = placeOf(tree, test, complaints);
  const on = triggerOf(tree, device, locations, devices, complaints);
  const code = new Code();
  const scope = scopeOf(tree, test, locations, tree.role === "device" ? device : undefined);
  const initial = new Map<number, number>();
  for (const declaration of test.init) {
    if (declaration.kind !== "register" || declaration.thread !== tree.name) continue;
    initial.set(code.register(declaration.name), locations.initial(declaration.value, declaration.span));
  }
  const body: Body = {
    thread: tree,
    role: tree.role,
    device,
    user: place.user,
    scope,
    code,
    locations,
    devices,
    complaints,
    // An interrupt handler starts with interrupts masked.
    masked: on !== undefined && tree.role === "cpu",
    saved: new Map(),
    value: (expression, into) => lowerExpression(body, expression, into),
  };
  lowerBody(body, source);
  return {
    name: tree.name,
    device,
    register(name, span) {
      if (!code.has(name)) {
        const known = code.registers.filter((register) => !register.startsWith("$"));
        complaints.warning("condition", span, `${tree.name} does not set \`${name}\`: it reads as 0`, didYouMean(name, known));
      }
      return code.register(name);
    },
    registerName: (register) => code.registers[register] ?? "?",
    operations: () => code.since(0),
    finish: () => ({
      name: tree.name,
      role: tree.role,
      device,
      cpu: tree.role === "cpu" ? place.cpu : -1,
      node: place.node,
      user: place.user,
      on,
      registers: [...code.registers],
      initial: code.registers.map((_, register) => initial.get(register) ?? 0),
      code: code.finish(),
      span: tree.span,
    }),
  };
}

interface Place {
  cpu: number;
  node: number;
  user: boolean;
}

/** By default Pn runs on CPU n, so that `cpu(0)` is where P0 runs. */
function placeOf(tree: ThreadTree, test: Test, complaints: Complaints): Place {
  const place: Place = { cpu: Number(/\d+$/.exec(tree.name)?.[0] ?? 0), node: 0, user: false };
  const stated: Attribute[] = [];
  for (const declaration of test.init)
    if (declaration.kind === "thread" && declaration.name === tree.name) stated.push(...declaration.attributes);
  for (const clause of tree.clauses) if (clause.kind === "attribute") stated.push(clause);
  for (const { name, value, span } of stated) {
    if (tree.role === "device") {
      if (name !== "in")
        complaints.error(
          "unknown-attribute",
          span,
          `a device has no clause \`${name}\``,
          `write \`device ${tree.name}(…);\` in the initial state`,
        );
    } else if (name === "user") place.user = true;
    else if (name === "cpu" || name === "node") {
      if (typeof value === "number" && value >= 0) place[name] = value;
      else complaints.error("arguments", span, `\`${name}\` takes a number`, `write \`${name}(0)\``);
    } else if (name === "in") complaints.error("misplaced", span, "`in` is for engines of a device", "a CPU thread has `cpu(N)`");
    else {
      const known = ["cpu", "node", "user"];
      complaints.error(
        "unknown-attribute",
        span,
        `a thread has no attribute \`${name}\``,
        didYouMean(name, known) ?? `there are ${known.join(", ")}`,
      );
    }
  }
  return place;
}

type On = Extract<Clause, { kind: "on" }>;

function triggerOf(tree: ThreadTree, device: number, locations: Locations, devices: Devices, complaints: Complaints): Trigger | undefined {
  const clauses = tree.clauses.filter((clause): clause is On => clause.kind === "on");
  const [clause, second] = clauses;
  if (second !== undefined) complaints.error("duplicate", second.span, `${tree.name} has two \`on\` clauses`, "write a second handler");
  if (clause === undefined) return undefined;
  const onCpu = clause.event === "msi" || clause.event === "intx";
  if (onCpu !== (tree.role === "cpu")) {
    const hint = onCpu ? "devices have `on write(D0.reg)` and `on read(D0.reg)`" : "CPUs have `on msi(D0)` and `on intx(D0)`";
    complaints.error(
      "misplaced",
      clause.span,
      `\`on ${clause.event}\` is for ${onCpu ? "a CPU" : "a device"}, and ${tree.name} is ${onCpu ? "a device" : "a CPU thread"}`,
      hint,
    );
    return undefined;
  }
  if (clause.event === "write" || clause.event === "read") {
    const { register, event } = clause;
    if (register === undefined) {
      complaints.error("arguments", clause.span, `\`on ${event}\` needs a register`, `write \`on ${event}(${clause.device}.door)\``);
      return undefined;
    }
    const place = locations.owned(clause.device, register);
    if (place === undefined) {
      locations.unknownRegister(clause.device, register, clause.span);
      return undefined;
    }
    if (locations.list[place.location]?.owner !== device) {
      complaints.error(
        "misplaced",
        clause.span,
        `\`${clause.device}.${register}\` is not a register of ${tree.name}`,
        `a handler runs in the device whose register is ${event === "write" ? "written" : "read"}`,
      );
    }
    return event === "write" ? { kind: "write", location: place.location } : { kind: "read", location: place.location };
  }
  const from = devices.expect(clause.device, clause.span);
  return clause.event === "msi" ? { kind: "msi", device: from, vector: clause.vector } : { kind: clause.event, device: from };
}
