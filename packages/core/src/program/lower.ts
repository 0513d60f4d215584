/**
 * Test -> Program: names resolved, control flow explicit, primitives known. All problems of a test are reported at once.
 *
 * Files by subject: devices.ts and resolve.ts (what the names are), scope.ts (what a bare name means in a thread), lower-thread.ts,
 * lower-body.ts and loops.ts (statements), lower-expression.ts and access.ts (expressions and accesses through addresses),
 * primitives.ts (every name that can be called), lower-call.ts, lower-atomic.ts, lower-pio.ts, lower-device.ts (calls),
 * lower-condition.ts, never.ts (warnings of what cannot happen).
 */
import type { Test } from "../litmus/test.js";
import type { Outcome } from "../problem.js";
import type { Source } from "../source.js";
import { type Complaints, collectComplaints } from "./complaints.js";
import { resolveDevices } from "./devices.js";
import { lowerConditions } from "./lower-condition.js";
import { type LoweredThread, lowerThread } from "./lower-thread.js";
import { warnOfTheImpossible } from "./never.js";
import type { Program } from "./program.js";
import { type Locations, resolveLocations } from "./resolve.js";
import { settingsOf } from "./settings.js";

/** The program of a test; `source` is the text that the test's spans point into. Never throws. */
export function lowerTest(test: Test, source: Source): Outcome<Program> {
  const complaints = collectComplaints();
  const devices = resolveDevices(test, complaints);
  checkThreadNames(test, complaints);
  const locations = resolveLocations(test, devices, complaints);
  const lowered = test.threads.map((thread) => lowerThread(thread, test, source, locations, devices, complaints));
  const { condition, filter, observed } = lowerConditions(test, { threads: lowered, locations, devices, complaints });
  const settings = settingsOf(test, complaints);
  checkAnswers(lowered, locations, complaints);
  if (!complaints.list().some((problem) => problem.severity === "error")) {
    const sent = lowered.map((thread) => ({ name: thread.name, device: thread.device, operations: thread.operations() }));
    warnOfTheImpossible(test, sent, locations, devices, complaints);
  }
  const problems = complaints.list();
  if (problems.some((problem) => problem.severity === "error")) return { ok: false, problems };
  const threads = lowered.map((thread) => thread.finish());
  const program: Program = {
    name: test.name,
    test,
    locations: locations.list,
    devices: devices.list,
    threads,
    condition,
    filter,
    settings,
    observed,
  };
  return { ok: true, value: program, problems };
}

/** The completions of one register look alike: who answers it is found out only while it runs. */
function checkAnswers(threads: readonly LoweredThread[], locations: Locations, complaints: Complaints): void {
  const known = new Map<number, string>();
  for (const thread of threads) {
    for (const operation of thread.operations()) {
      if (operation.kind !== "answer") continue;
      const attributes = JSON.stringify(operation.attributes);
      if ((known.get(operation.location) ?? attributes) !== attributes) {
        const name = locations.list[operation.location]?.name ?? "?";
        complaints.error("arguments", operation.span, `the answers of \`${name}\` differ in their attributes`, "give all of them the same");
      }
      known.set(operation.location, attributes);
    }
  }
}

function checkThreadNames(test: Test, complaints: Complaints): void {
  const names = new Set<string>();
  for (const thread of test.threads) {
    if (names.has(thread.name)) {
      const hint = thread.role === "device" ? `a second program of the device is an engine: \`D1(…) in(${thread.name})\`` : undefined;
      complaints.error("duplicate", thread.span, `there are two threads \`${thread.name}\``, hint);
    }
    names.add(thread.name);
  }
  for (const declaration of test.init) {
    const name = declaration.kind === "register" ? declaration.thread : declaration.kind === "thread" ? declaration.name : undefined;
    if (name === undefined || names.has(name)) continue;
    complaints.error("unknown-name", declaration.span, `there is no thread \`${name}\``, `the threads are ${[...names].join(", ")}`);
  }
}
