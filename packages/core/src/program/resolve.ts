/** The locations of a test: what the initial state declares, and what the threads and the condition name besides. */
import { indexed } from "../litmus/print-condition.js";
import { atomsOf } from "../litmus/proposition.js";
import type { Initial, Proposition, Term, Test, Thread } from "../litmus/test.js";
import { didYouMean } from "../nearest.js";
import type { Span } from "../source.js";
import type { Complaints } from "./complaints.js";
import { coherent, fieldsOf, type LocationDeclaration, lockType } from "./declaration.js";
import { CHIPSET, type Devices } from "./devices.js";
import { ADDRESS_BASE, arrayOf, type Location } from "./program.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a name stands for: the first location, and how many follow it (an array). */
export interface Place {
  readonly location: number;
  /** Elements of an array; undefined for a scalar. */
  readonly length: number | undefined;
}

/** The locations of a test, by name. */
export interface Locations {
  /** Those known so far. */
  readonly list: readonly Location[];
  /** Memory of that name. */
  memory(name: string): Place | undefined;
  /** A register by its owner and name. */
  owned(owner: string, name: string): Place | undefined;
  /** Whether the initial state declares that memory. */
  declared(name: string): boolean;
  /** What a bare name stands for in a thread or a condition: memory, or the only register of that name (`prefer`'s own if there are several). */
  named(name: string, prefer?: number): Place | undefined;
  /** Devices that have a register of that name. */
  owners(name: string): readonly string[];
  /** Memory of that name, made if need be: it starts at 0. */
  ensure(name: string): Place;
  /** Marks a location as one that is used as a lock. */
  lock(location: number): void;
  /** Marks a location as declared volatile. */
  isVolatile(location: number): boolean;
  /** The value that an initialiser stands for. */
  initial(value: Initial | undefined, span: Span): number;
  /** Reports a register that is not declared. */
  unknownRegister(owner: string, name: string, span: Span): void;
}

/** The address of a location, as a value. */
export const addressOf = (location: number): number => ADDRESS_BASE + location;

/** What is known of names while the initial state is read. */
interface Names {
  readonly list: Mutable<Location>[];
  readonly memory: Map<string, Place>;
  /** By `registerKey`. */
  readonly registers: Map<string, { readonly owner: string; readonly name: string; readonly place: Place }>;
  readonly declared: Set<string>;
  readonly volatiles: Set<number>;
}

export function resolveLocations(test: Test, devices: Devices, complaints: Complaints): Locations {
  const names: Names = { list: [], memory: new Map(), registers: new Map(), declared: new Set(), volatiles: new Set() };
  const { list, memory, registers, declared, volatiles } = names;
  const locations: Locations = {
    list,
    memory: (name) => memory.get(name),
    owned: (owner, name) => registers.get(registerKey(devices, owner, name))?.place,
    declared: (name) => declared.has(name),
    named(name, prefer) {
      const found = memory.get(name);
      if (found !== undefined) return found;
      const candidates = [...registers.values()].filter((register) => register.name === name);
      const own = candidates.find((candidate) => prefer !== undefined && list[candidate.place.location]?.owner === prefer);
      return own?.place ?? (candidates.length === 1 ? candidates[0]?.place : undefined);
    },
    owners: (name) => [...registers.values()].filter((register) => register.name === name).map((register) => register.owner),
    ensure(name) {
      const found = memory.get(name);
      if (found !== undefined) return found;
      const place = createPlace(list, name, undefined, {});
      memory.set(name, place);
      return place;
    },
    lock(location) {
      const found = list[location];
      if (found !== undefined) found.lock = true;
    },
    isVolatile: (location) => volatiles.has(location),
    initial: (value, span) => initialValue(value, span, locations, complaints),
    unknownRegister(owner, name, span) {
      if (owner !== CHIPSET && devices.find(owner) === undefined) {
        devices.expect(owner, span);
        return;
      }
      const known = [...registers.values()].filter((register) => register.owner === owner).map((register) => `${owner}.${register.name}`);
      const hint = didYouMean(`${owner}.${name}`, known) ?? `declare it in the initial state: \`mmio int ${owner}.${name};\``;
      complaints.error("unknown-name", span, `\`${owner}.${name}\` is not declared`, hint);
    },
  };
  // Declared locations first, in their order; then those that are only named.
  declareLocations(test, names, locations, devices, complaints);
  for (const thread of test.threads) nameParameters(thread, locations, devices, complaints);
  nameTerms(test, locations, memory, complaints);
  mergeLines(test, list, locations, complaints);
  return locations;
}

/** An engine's registers are those of the device that it is in, but keep their printed name. */
const registerKey = (devices: Devices, owner: string, name: string): string =>
  `${owner === CHIPSET ? -1 : (devices.find(owner) ?? owner)}.${name}`;

/** New locations at the end of the list: one, or the elements of an array. */
function createPlace(
  list: Mutable<Location>[],
  name: string,
  length: number | undefined,
  fields: Partial<Location>,
  field?: string,
): Place {
  const location = list.length;
  const create = (of: string): void => {
    list.push({
      name: of,
      space: "memory",
      owner: -1,
      initial: 0,
      mapping: coherent,
      memoryType: "uc",
      combining: false,
      offset: -1,
      noBurst: false,
      line: list.length,
      lock: false,
      ...fields,
    });
  };
  if (length === undefined) create(name);
  else for (let i = 0; i < length; i++) create(indexed(name, i, field));
  return { location, length };
}

/** The longest array. */
const MOST_ELEMENTS = 1024;

function declareLocations(test: Test, names: Names, locations: Locations, devices: Devices, complaints: Complaints): void {
  const declarations = test.init.filter((declaration) => declaration.kind === "location");
  // A value may be the address of what is declared further down.
  const later: (() => void)[] = [];
  for (const declaration of declarations) {
    const { name, owner, span } = declaration;
    const printed = owner === undefined ? name : `${owner}.${name}`;
    const known = owner === undefined ? names.memory.get(name) : locations.owned(owner, name);
    if (known !== undefined) {
      // herd7 reads `int x; x=1;`: a declaration and its value.
      const valued = declarations.some(
        (other) => other !== declaration && other.owner === owner && other.name === name && other.value !== undefined,
      );
      if (valued || owner !== undefined || declaration.type !== undefined || declaration.length !== undefined || declaration.dma) {
        complaints.error("duplicate", span, `\`${printed}\` is declared twice`);
        continue;
      }
      later.push(() => initialise(declaration, known, names.list, locations, complaints));
      continue;
    }
    if (declaration.length !== undefined && (declaration.length < 1 || declaration.length > MOST_ELEMENTS)) {
      const hint = `an array has 1 to ${MOST_ELEMENTS}`;
      complaints.error("arguments", span, `\`${printed}\` cannot have ${declaration.length} elements`, hint);
    }
    const length = declaration.length === undefined ? undefined : Math.max(1, Math.min(MOST_ELEMENTS, declaration.length));
    const place = createPlace(names.list, printed, length, fieldsOf(declaration, devices, complaints), declaration.field);
    if (owner === undefined) {
      names.memory.set(name, place);
      names.declared.add(name);
    } else names.registers.set(registerKey(devices, owner, name), { owner, name, place });
    if (declaration.type?.includes("volatile") === true) for (let i = 0; i < (length ?? 1); i++) names.volatiles.add(place.location + i);
    later.push(() => initialise(declaration, place, names.list, locations, complaints));
  }
  for (const run of later) run();
}

/** The value that an initialiser stands for. */
function initialValue(value: Initial | undefined, span: Span, locations: Locations, complaints: Complaints): number {
  if (value === undefined) return 0;
  if (value.kind === "integer") return value.value | 0;
  if (value.kind === "list") {
    complaints.error("arguments", span, "a list of values needs an array", "write `int x[2]={1,2};`");
    return 0;
  }
  const dot = locations.memory(value.name) !== undefined ? -1 : value.name.indexOf(".");
  if (dot === -1) {
    const { location, length = 1 } = locations.named(value.name) ?? locations.ensure(value.name);
    const { index = 0 } = value;
    if (index >= length) complaints.error("arguments", span, `\`${value.name}\` has no element ${index}`, `its first is \`${value.name}\``);
    return addressOf(location + Math.min(index, length - 1));
  }
  const owner = value.name.slice(0, dot);
  const name = value.name.slice(dot + 1);
  const place = locations.owned(owner, name);
  if (place !== undefined) return addressOf(place.location);
  locations.unknownRegister(owner, name, span);
  return 0;
}

function initialise(
  declaration: LocationDeclaration,
  place: Place,
  list: Mutable<Location>[],
  locations: Locations,
  complaints: Complaints,
): void {
  const { value, span } = declaration;
  if (value === undefined) return;
  const set = (index: number, to: Initial): void => {
    const location = list[place.location + index];
    const initial = locations.initial(to, span);
    if (location !== undefined) location.initial = initial;
  };
  if (value.kind !== "list") {
    set(0, value);
    return;
  }
  if (value.items.length > (place.length ?? 1)) {
    complaints.error(
      "arguments",
      span,
      `${value.items.length} values for ${place.length ?? 1} ${place.length === undefined ? "location" : "elements"}`,
    );
  }
  value.items.slice(0, place.length ?? 1).forEach((item, index) => set(index, item));
}

/** Gives every parameter its location: memory, or the register of that name if there is only one. */
function nameParameters(thread: Thread, locations: Locations, devices: Devices, complaints: Complaints): void {
  const own = thread.role === "device" ? devices.find(thread.name) : undefined;
  for (const parameter of thread.parameters) {
    let place = locations.named(parameter.name, own);
    // A structure is its members, whether they are memory or registers.
    if (place === undefined && locations.list.some((location) => `.${arrayOf(location.name)}`.includes(`.${parameter.name}.`))) continue;
    if (place === undefined) {
      const owners = locations.owners(parameter.name);
      if (owners.length > 1) {
        const choice = owners.map((owner) => `${owner}.${parameter.name}`).join(" or ");
        complaints.error(
          "unknown-name",
          parameter.span,
          `\`${parameter.name}\` may be any of ${owners.length} registers`,
          `leave the parameter out and write ${choice}`,
        );
        continue;
      }
      place = locations.ensure(parameter.name);
    }
    if (lockType.test(parameter.type)) locations.lock(place.location);
  }
}

/** Locations that only the condition names start at 0, and stay it. */
function nameTerms(test: Test, locations: Locations, memory: ReadonlyMap<string, Place>, complaints: Complaints): void {
  for (const term of termsOf(test)) {
    if (term.kind !== "location" || term.owner !== undefined) continue;
    if (locations.named(term.name) !== undefined || locations.owners(term.name).length > 0) continue;
    const hint = didYouMean(term.name, memory.keys());
    complaints.warning("condition", term.span, `no thread and no declaration names \`${term.name}\`: it stays 0`, hint);
    locations.ensure(term.name);
  }
}

/** All terms of the condition, the filter and `locations`, in order of the text's parts. */
export function termsOf(test: Test): Term[] {
  const compared = (proposition: Proposition | undefined): readonly Term[] =>
    atomsOf(proposition).flatMap((each) => (each.kind === "compare" ? [each.left, each.right] : []));
  return [...compared(test.condition?.proposition), ...test.locations, ...compared(test.filter)];
}

/** `line(x, y)`: they and what already shares a line with one of them share one line, the lowest number. */
function mergeLines(test: Test, list: Mutable<Location>[], locations: Locations, complaints: Complaints): void {
  for (const declaration of test.init) {
    if (declaration.kind !== "line") continue;
    const lines = new Set<number>();
    for (const name of declaration.names) {
      const place = locations.named(name) ?? elementOf(name, locations);
      if (place === undefined) {
        const known = list.map((location) => location.name);
        complaints.error("unknown-name", declaration.span, `there is no location \`${name}\``, didYouMean(name, known));
        continue;
      }
      for (let i = 0; i < (place.length ?? 1); i++) lines.add(list[place.location + i]?.line ?? 0);
    }
    const lowest = Math.min(...lines);
    for (const location of list) if (lines.has(location.line)) location.line = lowest;
  }
}

/** `x[1]` or `D0.a` as a name. */
function elementOf(name: string, locations: Locations): Place | undefined {
  const index = locations.list.findIndex((location) => location.name === name);
  return index === -1 ? undefined : { location: index, length: undefined };
}
