import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, search } from "../../src/explore/index.js";
import { findPlatform, load, valueOf } from "../../src/index.js";
import { buildMachine, type Machine } from "../../src/machine/index.js";
import { anotherStory, drive, replay, snapshotsOf } from "../../src/report/index.js";

const catalogue = fileURLToPath(new URL("../../../../catalogue/", import.meta.url));

function machineOf(path: string, platform: string): Machine {
  const text = readFileSync(join(catalogue, `${path}.litmus`), "utf8");
  return buildMachine(valueOf(load(text)), valueOf(findPlatform(platform)), new Map());
}

const witnessOf = (machine: Machine): readonly number[] => search(machine, DEFAULT_LIMITS).witness as readonly number[];

describe("a machine driven by hand", () => {
  test("a witness can be made by choices, each of which is offered, and ends with the outcome", () => {
    const machine = machineOf("altix/cq-race", "sn2");
    const witness = witnessOf(machine);
    for (let made = 0; made < witness.length; made++) {
      const { choices, end } = drive(machine, witness.slice(0, made));
      expect(end).toBeUndefined();
      expect(choices.map((choice) => choice.step)).toContain(witness[made]);
    }
    const done = drive(machine, witness);
    expect(done.end).toEqual({ state: "0:r0=1; 0:r1=0;", satisfies: true });
    expect(done.choices).toEqual([]);
    expect(done.snapshot.threads.flatMap((thread) => thread.lines.map((line) => line.standing))).not.toContain("waits");
  });

  test("a fence is done when all before it is", () => {
    for (const platform of ["x86", "sn2"]) {
      const machine = machineOf("altix/cq-race", platform);
      const driver = (steps: readonly number[]) => drive(machine, steps).snapshot.threads.find(({ name }) => name === "P0")?.lines;
      expect(driver([])?.map(({ standing }) => standing)).toEqual(["waits", "waits", "waits"]);
      const read = drive(machine, []).choices.find(({ what }) => what.startsWith("P0 reads cq"))?.step ?? -1;
      expect(driver([read])?.[0]?.standing).toBe("done");
      expect(driver([read])?.[1]?.standing).not.toBe("sent");
    }
  });

  test("packets stand in their places, oldest first, and statements say how far they are", () => {
    const machine = machineOf("altix/cq-race", "sn2");
    const first = drive(machine, []).choices.find((choice) => choice.what.includes("data=1"));
    const sent = drive(machine, [first?.step ?? -1]);
    expect(sent.snapshot.places.find((place) => place.id === "link")?.packets.map((packet) => packet.label)).toEqual(["data=1"]);
    expect(sent.snapshot.threads[0]?.lines.map((line) => `${line.text} ${line.standing}`)).toEqual([
      "DMA_WRITE(*data, 1) sent",
      "DMA_WRITE(*cq, 1) waits",
    ]);
    const both = drive(machine, [
      first?.step ?? -1,
      ...sent.choices.filter((choice) => choice.what.includes("cq=1")).map((choice) => choice.step),
    ]);
    expect(both.snapshot.places.find((place) => place.id === "link")?.packets.map((packet) => packet.label)).toEqual(["data=1", "cq=1"]);
  });

  test("steps that are not enabled are not made", () => {
    const machine = machineOf("altix/cq-race", "pcie");
    expect(drive(machine, [123456, 1]).made).toBe(0);
    expect(drive(machine, witnessOf(machineOf("altix/cq-race", "sn2"))).end?.satisfies).not.toBe(true);
  });

  test("there is a snapshot before the first step and after each", () => {
    const machine = machineOf("altix/cq-race", "sn2");
    const witness = witnessOf(machine);
    const snapshots = snapshotsOf(machine, witness);
    expect(snapshots.length).toBe(witness.length + 1);
    expect(snapshots[0]?.memory.map((each) => `${each.name}=${each.value}`)).toEqual(["data=0", "cq=0"]);
    expect(snapshots.at(-1)?.memory.map((each) => `${each.name}=${each.value}`)).toEqual(["data=1", "cq=1"]);
  });
});

describe("another witness", () => {
  test.each([
    ["classic/MP", "arm64"],
    ["classic/SB", "portable"],
    ["altix/cq-user-space", "sn2"],
    ["altix/pio-lock", "sn2"],
  ])("of %s on %s is a run to the outcome, and not one of those before", (path, platform) => {
    const machine = machineOf(path, platform);
    const known = [replay(machine, witnessOf(machine)).steps];
    for (let round = 0; round < 2; round++) {
      const found = anotherStory(machine, known, DEFAULT_LIMITS);
      if (found === undefined) break;
      // Throws where it is none.
      replay(machine, found.story.run.steps);
      expect(known.map((steps) => steps.join())).not.toContain(found.story.run.steps.join());
      known.push(found.story.run.steps);
    }
    expect(known.length).toBeGreaterThan(1);
    // The same question has the same answer.
    const again = known.slice(0, 1);
    expect(anotherStory(machine, again, DEFAULT_LIMITS)?.story.run.steps).toEqual(known[1]);
  });

  test("of message passing on arm64: once the writer's window, once the reader's", () => {
    const machine = machineOf("classic/MP", "arm64");
    const first = witnessOf(machine);
    const second = anotherStory(machine, [first], DEFAULT_LIMITS);
    expect(second?.differs).toBe("in what happens");
    const overtaken = (steps: readonly number[]): readonly number[] =>
      replay(machine, steps).events.flatMap((event) => event.overtook.map((each) => each.olderInstruction));
    expect(overtaken(second?.story.run.steps ?? [])).not.toEqual(overtaken(first));
  });
});
