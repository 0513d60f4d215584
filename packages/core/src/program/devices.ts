/** Which devices a test has, and where each of them sits. */
import type { Attribute, Clause, Test } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Span } from "../source.js";
import type { Complaints } from "./complaints.js";
import type { Device } from "./program.js";

/** The devices of a test, by name. */
export interface Devices {
  readonly list: readonly Device[];
  /** Index of the device of that name, or of the device that the engine of that name is in; undefined if there is none. */
  find(name: string): number | undefined;
  /** As `find`; -1 and an error where there is none. */
  expect(name: string, span: Span): number;
}

/** The chipset's name as the owner of registers: it is no device. */
export const CHIPSET = "HOST";

const isDevice = (name: string): boolean => /^D\d+$/.test(name);
const number = (name: string): number => Number(name.slice(1));

export function resolveDevices(test: Test, complaints: Complaints): Devices {
  const engines = findEngines(test);
  const names = new Set<string>();
  const mention = (name: string): void => {
    if (isDevice(name) && !engines.has(name)) names.add(name);
  };
  for (const thread of test.threads) if (thread.role === "device") mention(thread.name);
  for (const declaration of test.init) {
    if (declaration.kind === "device") mention(declaration.name);
    if (declaration.kind === "location" && declaration.owner !== undefined) mention(declaration.owner);
  }
  const sorted = [...names].sort((a, b) => number(a) - number(b));
  const own = new Map(sorted.map((name, index) => [name, index]));

  const find = (name: string): number | undefined => {
    const seen = new Set<string>();
    let at = name;
    for (let next = engines.get(at); next !== undefined && !seen.has(at); next = engines.get(at)) {
      seen.add(at);
      at = next.device;
    }
    return own.get(at);
  };
  const expect = (name: string, span: Span): number => {
    const index = find(name);
    if (index !== undefined) return index;
    const hint = didYouMean(name, sorted) ?? (isDevice(name) ? `declare it: \`device ${name};\`` : "devices are named D0, D1, …");
    complaints.error("unknown-name", span, `there is no device \`${name}\``, hint);
    return -1;
  };
  for (const engine of engines.values()) expect(engine.device, engine.span);
  return { list: place(test, sorted, find, expect, complaints), find, expect };
}

/** Threads that are engines of a device: `D1(...) in(D0)`. */
function findEngines(test: Test): ReadonlyMap<string, { readonly device: string; readonly span: Span }> {
  const engines = new Map<string, { readonly device: string; readonly span: Span }>();
  for (const thread of test.threads) {
    const clause = thread.clauses.find(isIn);
    if (thread.role === "device" && clause !== undefined && clause.value !== thread.name) {
      engines.set(thread.name, { device: String(clause.value), span: clause.span });
    }
  }
  return engines;
}

const isIn = (clause: Clause): clause is Extract<Clause, { kind: "attribute" }> => clause.kind === "attribute" && clause.name === "in";

type Place = { -readonly [K in "node" | "bridge" | "port" | "slot" | "function" | "switch"]: number | undefined } & {
  card: number | undefined;
};

const placeNames = ["node", "bridge", "port", "slot", "function", "switch"] as const;

function place(
  test: Test,
  names: readonly string[],
  find: (name: string) => number | undefined,
  expect: (name: string, span: Span) => number,
  complaints: Complaints,
): readonly Device[] {
  const places: Place[] = names.map(() => ({
    node: undefined,
    bridge: undefined,
    port: undefined,
    slot: undefined,
    function: undefined,
    switch: undefined,
    card: undefined,
  }));
  for (const declaration of test.init) {
    if (declaration.kind !== "device") continue;
    if (!names.includes(declaration.name)) {
      const device = find(declaration.name);
      const hint =
        device === undefined
          ? "devices are named D0, D1, …"
          : `it is an engine of ${names[device] ?? "a device"}, and sits where that sits`;
      complaints.error("misplaced", declaration.span, `\`${declaration.name}\` is no device of its own`, hint);
      continue;
    }
    const stated = places[find(declaration.name) ?? -1];
    if (stated !== undefined) readPlace(declaration.attributes, stated, expect, complaints);
  }

  const cardOf = (device: number): number => {
    const seen = new Set<number>();
    let at = device;
    for (let next = places[at]?.card; next !== undefined && next >= 0 && !seen.has(at); next = places[at]?.card) {
      seen.add(at);
      at = next;
    }
    return at;
  };
  const devices: Device[] = [];
  const cards = names.map((_, index) => cardOf(index));
  const slots = new Set<string>();
  const ports = new Set<number>();
  for (const stated of places) {
    if (stated.slot !== undefined) slots.add(`${stated.node ?? 0} ${stated.bridge ?? 0} ${stated.slot}`);
    if (stated.port !== undefined) ports.add(stated.port);
  }
  /** The root port that each switch hangs below. */
  const switches = new Map<number, number>();
  for (const stated of places) if (stated.switch !== undefined && stated.port !== undefined) switches.set(stated.switch, stated.port);

  // Cards first: a function sits where its card sits, wherever it stands in the list.
  const placed = new Map<number, Device>();
  names.forEach((name, index) => {
    const stated = places[index];
    if (stated === undefined || cards[index] !== index) return;
    const node = stated.node ?? 0;
    const bridge = stated.bridge ?? 0;
    const slot = stated.slot ?? firstFree(index, (n) => slots.has(`${node} ${bridge} ${n}`));
    slots.add(`${node} ${bridge} ${slot}`);
    const port = stated.port ?? switches.get(stated.switch ?? -1) ?? firstFree(index, (n) => ports.has(n));
    ports.add(port);
    if (stated.switch !== undefined && !switches.has(stated.switch)) switches.set(stated.switch, port);
    placed.set(index, { name, node, bridge, port, slot, function: stated.function ?? 0, card: index, switch: stated.switch ?? -1 });
  });
  const functions = new Map<number, Set<number>>();
  names.forEach((_, index) => {
    const taken = places[index]?.function ?? placed.get(index)?.function;
    const card = cards[index] ?? index;
    const set = functions.get(card) ?? new Set<number>();
    if (taken !== undefined) set.add(taken);
    functions.set(card, set);
  });
  names.forEach((name, index) => {
    const own = placed.get(index);
    const card = cards[index] ?? index;
    const host = placed.get(card);
    if (own !== undefined || host === undefined) {
      devices.push(own ?? { name, node: 0, bridge: 0, port: index, slot: index, function: 0, card: index, switch: -1 });
      return;
    }
    const taken = functions.get(card) ?? new Set<number>();
    const fn = places[index]?.function ?? firstFree(1, (n) => taken.has(n));
    taken.add(fn);
    devices.push({ ...host, name, function: fn, card });
  });
  return devices;
}

function readPlace(
  attributes: readonly Attribute[],
  into: Place,
  expect: (name: string, span: Span) => number,
  complaints: Complaints,
): void {
  for (const { name, value, span } of attributes) {
    const field = placeNames.find((known) => known === name);
    if (field !== undefined) {
      if (typeof value === "number" && value >= 0) into[field] = value;
      else complaints.error("arguments", span, `\`${name}\` takes a number`, `write \`${name}=0\``);
    } else if (name === "card") {
      if (typeof value === "string") into.card = expect(value, span);
      else complaints.error("arguments", span, "`card` takes a device", "write `card=D0`");
    } else {
      const known = [...placeNames, "card"];
      complaints.error(
        "unknown-attribute",
        span,
        `a device has no attribute \`${name}\``,
        didYouMean(name, known) ?? `there are ${known.join(", ")}`,
      );
    }
  }
}

function firstFree(from: number, taken: (n: number) => boolean): number {
  for (let n = from; ; n++) if (!taken(n)) return n;
}
