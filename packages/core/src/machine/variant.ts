/** A machine under other values of its platform's options. Most options are asked by tables alone: then only who waits for whom is worked out anew. */
import { optionValues } from "../platform/mapping.js";
import { LANDING_OPTION, type Platform } from "../platform/platform.js";
import { type Ask, forEver } from "./deadline.js";
import { buildMachine, type Machine } from "./machine.js";
import { optionReader, type Settings } from "./options.js";
import { createPassing, withWaits } from "./passing.js";

/** Is an option asked outside the tables of places: by a window, by a mapping, for the layout of stores? */
function askedElsewhere(platform: Platform, option: string): boolean {
  const asks = ({ when }: { readonly when: readonly string[] }): boolean =>
    when.some((condition) => condition.startsWith(`option:${option}=`));
  return option === LANDING_OPTION || platform.cpu.window.some(asks) || platform.fabric.mapping.some(asks);
}

/** The machine of the same program and platform under `given`, which names every value that is not a default. `ask`: may give the work up. */
export function variantOf(machine: Machine, given: Settings, ask: Ask = forEver): Machine {
  const { program, platform, packets, places, instructions } = machine;
  const settings: Settings = new Map([...program.settings, ...given]);
  const now = optionValues(platform, settings);
  const before = optionValues(platform, machine.settings);
  const changed = [...new Set([...settings.keys(), ...machine.settings.keys()])].filter((id) => now(id) !== before(id));
  const byTables = changed.every((id) => platform.options.some((option) => option.id === id) && !askedElsewhere(platform, id));
  if (!byTables) return buildMachine(program, platform, given, ask);
  const optionsRead = new Set(machine.optionsRead);
  const option = optionReader(platform, settings, optionsRead);
  const roads = { packets, visits: places };
  const runs = machine.threads.map((thread) => thread.runs);
  const passing = createPassing(program, platform, roads, instructions, runs, option, settings.get("must") !== "no");
  const { cell, pass } = passing;
  return { ...withWaits({ ...machine, cell, pass, settings, optionsRead, ask }, passing), ask: forEver };
}
