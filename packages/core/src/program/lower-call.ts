/** Calls: which primitive a name is, whether it can stand here, and what it turns into. */

import { isReport } from "../litmus/parse-expression.js";
import type { Expression as Tree } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import { load, store } from "./access.js";
import { argument, type Call, deviceArgument, memoryPlace, place } from "./arguments.js";
import { bitOperation } from "./bit-operations.js";
import { type Body, describe, locationAt, mayAccess, staticLocation } from "./body.js";
import { binary, constant, negate, register } from "./evaluate.js";
import { polls } from "./loops.js";
import { lowerAtomic } from "./lower-atomic.js";
import { lowerDeviceCall } from "./lower-device.js";
import { lowerPioRead, lowerPioWrite } from "./lower-pio.js";
import { instead } from "./other-names.js";
import { type Meaning, type Primitive, primitive, primitiveNames } from "./primitives.js";
import { arrayOf, type Expression } from "./program.js";
import { kernelCall } from "./raw.js";
import { addressOf } from "./resolve.js";
import { walk } from "./scope.js";

/**
 * Lowers a call; undefined where it has no value. `wanted`: its value is used; `into` is the register that the value is for, if it is for one alone.
 */
export function lowerCall(body: Body, written: Call, wanted: boolean, into?: number): Expression | undefined {
  const { complaints } = body;
  const call = kernelCall(written);
  const bits = bitOperation(call);
  if (bits !== undefined) return bits.kind === "call" ? lowerCall(body, bits, wanted, into) : body.value(bits, into);
  const found = primitive(call.name);
  if (found === undefined && isReport(call.name)) {
    // What it would print may be read on the way.
    for (const argument of call.arguments) if (mayAccess(body, argument)) body.value(argument);
    return constant(0);
  }
  if (found === undefined) {
    const tagged = call.tags.length === 0 ? call.name : `${call.name}{${call.tags.join(",")}}`;
    complaints.error(
      "unknown-call",
      call.span,
      `there is no primitive \`${tagged}\``,
      instead(call.name) ?? didYouMean(call.name, primitiveNames()),
    );
    for (const argument of call.arguments) if (argument.kind !== "member" && mayAccess(body, argument)) body.value(argument);
    return constant(0);
  }
  if (!checkSide(body, call, found) || !checkArguments(body, call, found)) return constant(0);
  const { meaning } = found;
  switch (meaning.kind) {
    case "unsupported":
      complaints.error("unsupported", call.span, `\`${call.name}\`: ${meaning.why}`);
      return constant(0);
    case "read": {
      const at = place(body, call.arguments[0], meaning.place);
      return at === undefined ? constant(0) : load(body, at, meaning.accessor, call.span, into);
    }
    case "write": {
      const at = place(body, call.arguments[0], meaning.place);
      const value = argument(body, call, 1);
      if (at !== undefined) store(body, at, meaning.accessor, value, call.span);
      if (meaning.then !== undefined) body.code.emit({ kind: "barrier", accessor: meaning.then }, call.span);
      return undefined;
    }
    case "atomic":
      return lowerAtomic(body, call, found.name, meaning, into);
    case "barrier":
      body.code.emit({ kind: "barrier", accessor: meaning.accessor }, call.span);
      return undefined;
    case "lock":
    case "unlock":
    case "trylock":
    case "is-locked":
    case "unlock-wait":
      return lowerLock(body, call, meaning, into);
    case "pio-read":
      return lowerPioRead(body, call, found, meaning, into);
    case "pio-write":
      lowerPioWrite(body, call, found, meaning);
      return undefined;
    case "dma-api":
      return lowerDmaApi(body, call, meaning.call);
    case "delay":
      body.code.emit({ kind: "delay", call: call.name }, call.span);
      return undefined;
    case "interrupts":
      changeInterrupts(body, call, meaning.change, 0);
      return undefined;
    case "migrate":
      body.code.emit({ kind: "migrate", cpu: argument(body, call, 0) }, call.span);
      return undefined;
    case "ats-wait": {
      const device = deviceArgument(body, call.arguments[0], call.span);
      if (device >= 0) body.code.emit({ kind: "ats-wait", device }, call.span);
      return undefined;
    }
    case "identity":
      return argument(body, call, 0);
    case "zero":
      return constant(0);
    case "bits":
      return lowerBits(body, call, meaning.what);
    case "poll":
      return lowerPoll(body, call, meaning);
    default:
      return lowerDeviceCall(body, call, meaning, wanted, into);
  }
}

const deviceInstead: Partial<Record<Meaning["kind"], string>> = {
  read: "write `r = DMA_READ(*x)`",
  write: "write `DMA_WRITE(*x, value)`",
  atomic: "devices have DMA_FETCH_ADD, DMA_SWAP and DMA_CAS",
  "pio-read": "its own registers are read as `D0.reg`, those of another device with DMA_READ",
  "pio-write": "its own registers are written as `D0.reg = e`, those of another device with DMA_WRITE",
};
const cpuInstead: Partial<Record<Meaning["kind"], string>> = {
  "dma-write": "write `WRITE_ONCE(*x, value)`",
  "dma-read": "write `r = READ_ONCE(*x)`",
  "dma-add": "write `atomic_fetch_add(value, x)`",
  "dma-swap": "write `xchg(x, value)`",
  "dma-cas": "write `cmpxchg(x, old, new)`",
  wait: "write a loop: `while (!condition) ;`",
};

function checkSide(body: Body, call: Call, found: Primitive): boolean {
  if (found.side !== "any" && found.side !== body.role) {
    const hint = (found.side === "cpu" ? deviceInstead : cpuInstead)[found.meaning.kind];
    const who = found.side === "cpu" ? "a CPU" : "a device";
    body.complaints.error(
      "misplaced",
      call.span,
      `\`${call.name}\` is for ${who}, and ${body.thread.name} is ${body.role === "cpu" ? "a CPU thread" : "a device"}`,
      hint,
    );
    return false;
  }
  if (body.user && (found.meaning.kind === "pio-read" || found.meaning.kind === "pio-write")) {
    body.complaints.error(
      "misplaced",
      call.span,
      `user space has no PIO, and ${body.thread.name} is a user thread`,
      "map the barrier or move the access to the kernel",
    );
    return false;
  }
  return true;
}

function checkArguments(body: Body, call: Call, found: Primitive): boolean {
  const count = call.arguments.length;
  if (count >= found.minimum && count <= found.maximum) return true;
  const wanted =
    found.minimum === found.maximum ? `${found.minimum}` : count < found.minimum ? `at least ${found.minimum}` : `at most ${found.maximum}`;
  body.complaints.error(
    "arguments",
    call.span,
    `\`${call.name}\` takes ${wanted} ${wanted.endsWith("1") ? "argument" : "arguments"}, not ${count}`,
    `it is written \`${found.form}\``,
  );
  return false;
}

type Lock = Extract<Meaning, { kind: "lock" | "unlock" | "trylock" | "is-locked" | "unlock-wait" }>;

function lowerLock(body: Body, call: Call, meaning: Lock, into: number | undefined): Expression | undefined {
  const { code } = body;
  if (meaning.kind === "lock" && meaning.interrupts === "masked") setMask(body, call, true);
  if (meaning.kind === "lock" && meaning.interrupts === "saved") changeInterrupts(body, call, "save", 1);
  const address = memoryPlace(body, call, call.arguments[0]);
  if (address === undefined)
    return meaning.kind === "lock" || meaning.kind === "unlock" || meaning.kind === "unlock-wait" ? undefined : constant(0);
  const location = locationAt(body, address);
  if (location !== undefined) body.locations.lock(location);
  switch (meaning.kind) {
    case "lock":
    case "unlock":
      code.emit({ kind: meaning.kind, accessor: meaning.accessor, flavour: meaning.flavour, address }, call.span);
      if (meaning.kind === "unlock" && meaning.interrupts === "masked") setMask(body, call, false);
      if (meaning.kind === "unlock" && meaning.interrupts === "saved") changeInterrupts(body, call, "restore", 1);
      return undefined;
    case "trylock":
    case "is-locked": {
      const target = into ?? code.temporary();
      code.emit({ kind: meaning.kind, accessor: meaning.accessor, target, address }, call.span);
      return register(target);
    }
    case "unlock-wait": {
      const target = code.temporary();
      const head = code.here();
      const exit = code.label();
      code.emit({ kind: "is-locked", accessor: meaning.accessor, target, address }, call.span);
      code.emit({ kind: "branch", condition: register(target), otherwise: exit, join: exit }, call.span);
      code.emit({ kind: "loop", head, polls: true }, call.span);
      code.place(exit);
      return undefined;
    }
  }
}

/** Masking is followed along the text, so that a restore where interrupts were masked at the save leaves them masked. */
function changeInterrupts(body: Body, call: Call, change: "disable" | "enable" | "save" | "restore", flags: number): void {
  const tree = call.arguments[flags];
  const name = tree?.kind === "name" ? tree.name : tree?.kind === "unary" && tree.operand.kind === "name" ? tree.operand.name : "";
  switch (change) {
    case "disable":
      setMask(body, call, true);
      break;
    case "enable":
      setMask(body, call, false);
      break;
    case "save":
      body.saved.set(name, body.masked);
      setMask(body, call, true);
      break;
    case "restore":
      if (body.saved.get(name) !== true) setMask(body, call, false);
      break;
  }
}

function setMask(body: Body, call: Call, masked: boolean): void {
  body.masked = masked;
  body.code.emit({ kind: "interrupts", enable: !masked }, call.span);
}

/**
 * The kernel's calls take a device, an address, a size and a direction; what matters is the location, the first argument that names one. An array
 * or a structure by its name is all that is in it.
 */
function lowerDmaApi(body: Body, call: Call, api: "sync-for-cpu" | "sync-for-device" | "unmap" | "map"): Expression | undefined {
  const list = call.arguments.map((tree) => whole(body, tree)).find((found) => found.length > 0) ?? [];
  const [first] = list;
  if (first === undefined || list.some((location) => describe(body, location)?.space !== "memory")) {
    body.complaints.error("arguments", call.span, `\`${call.name}\` needs a location of memory`, `write \`${call.name}(x)\``);
    return constant(0);
  }
  for (const location of list) body.code.emit({ kind: "dma-api", call: api, location }, call.span);
  return api === "map" ? constant(addressOf(first)) : undefined;
}

/** The locations that an argument names: one, those of an array, the members of a structure; none where it names no location. */
function whole(body: Body, tree: Tree): readonly number[] {
  if (tree.kind === "unary" && tree.operator === "&" && tree.operand.kind === "index") {
    const { base, index } = tree.operand;
    const element = base.kind === "name" && index.kind === "integer" ? membersOf(body, `${base.name}[${index.value}]`) : [];
    if (element.length > 0) return element;
  }
  const name = tree.kind === "name" ? tree.name : undefined;
  const place = name === undefined ? undefined : body.scope.lookup(name);
  if (place?.kind === "location" && place.place.length !== undefined)
    return Array.from({ length: place.place.length }, (_, index) => place.place.location + index);
  const found = staticLocation(body, tree);
  if (found !== undefined || name === undefined) return found === undefined ? [] : [found];
  const mapped = mappedAs(body, name);
  if (mapped !== undefined) return mapped.arguments.map((each) => whole(body, each)).find((each) => each.length > 0) ?? [];
  return membersOf(body, name);
}

/** The members of a structure, or of all those of an array. */
function membersOf(body: Body, name: string): readonly number[] {
  return body.locations.list.flatMap((location, index) =>
    location.name.startsWith(`${name}.`) || arrayOf(location.name).startsWith(`${name}.`) ? [index] : [],
  );
}

/** The `dma_map_single(…)` whose handle a variable holds. */
function mappedAs(body: Body, name: string): Call | undefined {
  let found: Call | undefined;
  walk(body.thread.body, (statement) => {
    const value = statement.kind === "declare" || statement.kind === "assign" ? statement.value : undefined;
    const set =
      statement.kind === "declare"
        ? statement.name
        : statement.kind === "assign" && statement.target.kind === "name"
          ? statement.target.name
          : "";
    if (set !== name || value?.kind !== "call") return;
    const { meaning } = primitive(value.name) ?? {};
    if (meaning?.kind === "dma-api" && meaning.call === "map") found ??= value;
  });
  return found;
}

/** `BIT(3)`, `GENMASK(7, 4)`, `FIELD_GET(MASK, e)`. */
function lowerBits(body: Body, call: Call, what: "bit" | "mask" | "get" | "prepare"): Expression {
  const first = argument(body, call, 0);
  if (what === "bit") return binary("<<", constant(1), first);
  const second = argument(body, call, 1);
  if (first.kind !== "constant" || (what === "mask" && second.kind !== "constant")) {
    body.complaints.error(
      "arguments",
      call.span,
      `\`${call.name}\` needs a constant mask`,
      "write the shift and the mask: `(r0 >> 4) & 0xf`",
    );
    return constant(0);
  }
  if (what === "mask") {
    const low = second.kind === "constant" ? second.value : 0;
    const width = first.value - low + 1;
    if (low < 0 || width < 1 || first.value > 31) {
      body.complaints.error(
        "arguments",
        call.span,
        `there are no bits ${first.value} to ${low}`,
        "write `GENMASK(high, low)`, bits 0 to 31",
      );
      return constant(0);
    }
    return constant((width === 32 ? -1 : (1 << width) - 1) << low);
  }
  const mask = first.value;
  const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
  if (what === "prepare") return binary("&", binary("<<", second, constant(shift)), first);
  // An arithmetic shift would carry the sign into the field.
  return binary("&", binary(">>", second, constant(shift)), constant(mask >>> shift));
}

/** `readl_poll_timeout(D0.status, v, v & 1, 10, 1000)` is `do { v = readl(D0.status); } while (!(v & 1));`, and its value 0. */
function lowerPoll(body: Body, call: Call, { operation, at }: Extract<Meaning, { kind: "poll" }>): Expression {
  const { code, complaints } = body;
  const accessor = call.arguments[0];
  const name = operation ?? (accessor?.kind === "name" ? accessor.name : "");
  const read = primitive(name);
  const to = call.arguments[at.value];
  const register_ = call.arguments[at.register];
  const condition = call.arguments[at.condition];
  if (read?.meaning.kind !== "pio-read" || to?.kind !== "name" || register_ === undefined || condition === undefined) {
    complaints.error(
      "arguments",
      call.span,
      `\`${call.name}\` takes an accessor that reads a register, and a variable for its value`,
      `it is written \`${primitive(call.name)?.form}\``,
    );
    return constant(0);
  }
  const value = code.register(to.name);
  const from = code.length;
  const head = code.here();
  const exit = code.label();
  const found = body.value({ kind: "call", name, tags: [], arguments: [register_], span: call.span }, value);
  if (found.kind !== "register" || found.register !== value) code.emit({ kind: "assign", target: value, value: found }, call.span);
  const again = negate(body.value(condition));
  if (again.kind === "constant" && again.value === 0) return constant(0);
  code.emit({ kind: "branch", condition: again, otherwise: exit, join: exit }, call.span);
  code.emit({ kind: "loop", head, polls: polls(code.since(from)) }, call.span);
  code.place(exit);
  return constant(0);
}
