/**
 * Faults that the property tests have found and that still stand: tests in which they could show are left out of the properties, and known-faults.test.ts holds a
 * minimal test of each, which turns red when the fault is gone.
 */
import type { Platform } from "../../src/platform/platform.js";

export interface Fault {
  readonly name: string;
  /** Could it show in this test? */
  shows(text: string, platform: Platform): boolean;
}

/** The machine says other than the oracle. */
export const MACHINE_FAULTS: readonly Fault[] = [];

/** A reduced search says other than an unreduced one. */
export const SEARCH_FAULTS: readonly Fault[] = [];

/** The witness of a reduced search is no run. */
export const WITNESS_FAULTS: readonly Fault[] = [];

/** The explorer says other than the architecture's model. */
export const MODEL_FAULTS: readonly Fault[] = [];

export const excused = (faults: readonly Fault[], text: string, platform: Platform): boolean =>
  faults.some((fault) => fault.shows(text, platform));
