import { describe, expect, test } from "vitest";
import { ACCESSOR_NAMES } from "../../src/platform/accessor.js";
import { holds } from "../../src/platform/condition.js";
import { type Platform, partNames, platform, platformNames, readPlatform, similarNames } from "../../src/platform/index.js";
import { compareVersions } from "../../src/platform/load.js";

const get = (name: string): Platform => {
  const found = platform(name);
  if (found === undefined) throw new Error(`no platform ${name}`);
  return found;
};

/** What a mapping request turns into: the packet's attributes. */
function mapped(name: string, request: string): string {
  const asked = request.split(" ");
  const fields = new Set<string>();
  for (const rule of get(name).fabric.mapping) {
    if (
      !holds(
        rule.when,
        (condition) => asked.includes(condition),
        () => undefined,
      )
    )
      continue;
    for (const [attribute, value] of Object.entries(rule.set)) fields[value ? "add" : "delete"](attribute);
  }
  return [...fields].join(" ");
}

const steps = (name: string, accessor: string): string => (get(name).accessors.get(accessor)?.text ?? []).join("; ");

describe("names", () => {
  test("the design's list", () => {
    const names =
      "portable x86 arm64 ppc64 riscv alpha ia64 pcie sn2 sn2-pic sn2-tiocp sn2-tioce sn2-tioca ip27 arm64-noncoherent amd-a1100 intel-vmd-mtl bcm2711 zx1 tegra20 sun4v cell";
    expect(names.split(" ").filter((name) => platform(name) === undefined)).toEqual([]);
  });
  test("conforming are all but the altix family and the defect variants", () => {
    expect(platformNames().filter((name) => !get(name).conforming)).toEqual([
      "sn2",
      "sn2-pic",
      "sn2-tiocp",
      "sn2-tioce",
      "sn2-tioca",
      "ip27",
      "amd-a1100",
      "intel-vmd-mtl",
      "bcm2711",
      "zx1",
      "tegra20",
    ]);
  });
  test("eras", () => {
    expect(get("sn2").era).toBe("5.1");
    expect(get("arm64").era).toBe("6.19");
    expect(get("arm64@4.14").era).toBe("4.14");
    expect(platform("arm64@")).toBeUndefined();
    expect(platform("arm64@latest")).toBeUndefined();
  });
  test("a CPU goes with any fabric", () => {
    expect(get("arm64+pci").fabric.name).toBe("pci");
    expect(get("arm64+sn2").fabric.name).toBe("sn2-pic");
    expect(get("sparc64+pci-x@5.1").era).toBe("5.1");
    expect(platform("arm64+pci+pcie")).toBeUndefined();
    expect(platform("arm64+nothing")).toBeUndefined();
    expect(partNames().cpus).toContain("mips");
  });
  test("similar names", () => {
    expect(similarNames("amr64")).toEqual(["arm64"]);
    expect(similarNames("sn2-pci")[0]).toBe("sn2-pic");
    expect(similarNames("amr64+pice@5.1")).toEqual(["arm64+pcie@5.1"]);
    expect(similarNames("sn")).toContain("sn2");
    expect(similarNames("toaster")).toEqual([]);
  });
  test("versions compare by number", () => {
    expect(["6.19", "2.6.24", "5.2", "5.10", "2.6"].sort(compareVersions)).toEqual(["2.6", "2.6.24", "5.2", "5.10", "6.19"]);
    expect(compareVersions("5.2", "5.2.0")).toBe(0);
  });
});

describe("every platform", () => {
  const eras = ["2.6.16", "2.6.24", "4.14", "5.1", "5.2", "6.19"];
  test.each(platformNames())("%s says something of every accessor in every era", (name) => {
    for (const era of eras) {
      const accessors = get(`${name}@${era}`).accessors;
      expect(ACCESSOR_NAMES.filter((accessor) => !accessors.has(accessor))).toEqual([]);
    }
  });
});

describe("accessors by era", () => {
  test("alpha's READ_ONCE ends with an mb since 4.15", () => {
    expect(steps("alpha@4.14", "READ_ONCE")).toBe("access");
    expect(steps("alpha", "READ_ONCE")).toBe("access; fence all -> all strong");
    expect(steps("alpha@4.14", "rcu_dereference")).toBe("access; fence all -> all strong");
  });
  test("unlocking drains PIO writes since 5.2 where they do not stay in order by themselves", () => {
    for (const name of ["portable", "ia64", "sn2"]) {
      expect(steps(`${name}@5.1`, "spin_unlock")).not.toContain("token drain");
      expect(steps(`${name}@5.2`, "spin_unlock")).toContain("token drain");
    }
    expect(steps("riscv@5.1", "spin_unlock")).not.toContain("pending-write");
    expect(steps("riscv@5.2", "spin_unlock")).toContain("pending-write");
  });
  test("sn2's PIO reads", () => {
    expect(steps("sn2", "readX")).toContain("token flush");
    expect(steps("sn2", "raw_readX")).toContain("token flush");
    expect(steps("sn2", "readX_relaxed")).toBe("access acquire");
    expect(steps("sn2-tioce", "readX")).not.toContain("token flush");
    expect(steps("sn2", "mmiowb")).toBe("token drain");
  });
});

describe("mapping requests", () => {
  test.each([
    ["sn2", "streaming mask64", ""],
    ["sn2", "coherent mask64", "barrier"],
    ["sn2", "coherent mask32", "barrier"],
    ["sn2", "streaming write-barrier mask64", "barrier"],
    ["sn2", "msi", "barrier"],
    ["sn2", "intx", "barrier"],
    // From 2.6.21 to 2.6.34 PIC lost the attributes of 64-bit mappings.
    ["sn2@2.6.20", "coherent mask64", "barrier"],
    ["sn2@2.6.21", "coherent mask64", ""],
    ["sn2@2.6.24", "coherent mask32", "barrier"],
    ["sn2@2.6.24", "msi", ""],
    ["sn2@2.6.34", "streaming write-barrier mask64", ""],
    ["sn2@2.6.35", "streaming write-barrier mask64", "barrier"],
    ["sn2-tiocp@2.6.24", "coherent mask64", "barrier"],
    ["sn2-tiocp@2.6.24", "streaming write-barrier mask64", ""],
    ["sn2-tioce", "coherent mask64", "barrier"],
    ["sn2-tioca", "coherent mask64", ""],
    ["sn2-tioca", "intx", "barrier"],
    ["ip27", "streaming mask64", "barrier"],
    ["ip27", "streaming prefetch mask64", "prefetch"],
    ["x86", "coherent write-barrier mask64", ""],
    ["x86", "streaming weak-ordering mask64", ""],
    ["sun4v", "streaming weak-ordering mask64", "ro"],
    ["cell", "streaming weak-ordering mask64", "weak"],
    ["portable", "streaming weak-ordering mask64", "ro"],
    ["x86", "streaming relaxed-ordering mask64", "ro"],
  ])("%s: %s gives '%s'", (name, request, expected) => expect(mapped(name, request)).toBe(expected));
});

describe("like", () => {
  test("own rules of a CPU stand before those taken over", () => {
    expect(get("sun4v").cpu.window[0]?.id).toBe("side-effect-in-order");
    expect(get("sun4v").cpu.window.length).toBe(get("x86").cpu.window.length + 1);
    expect(get("bcm2711").cpu.devicesSee).toBe("later");
  });
  test("own cells stand before those of the table taken over", () => {
    expect(get("amd-a1100").fabric.tables["rc"]?.[0]?.id).toBe("A1100");
    expect(get("amd-a1100").fabric.tables["pcie"]).toEqual(get("pcie").fabric.tables["pcie"]);
  });
  test("a place of the same id is replaced", () => {
    expect(get("zx1").fabric.places.find((place) => place.id === "down")?.table).toBe("rope");
  });
});

describe("a user's platform", () => {
  const read = (file: unknown) => readPlatform({ name: "mine.json", text: JSON.stringify(file) });
  test("of built-in parts", () => {
    const result = read({
      kind: "platform",
      name: "mine",
      cpu: "arm64",
      fabric: "zx1",
      era: "5.1",
      settings: { "release-device": "unordered" },
    });
    expect(result.ok).toBe(true);
    if (!result.ok) return;
    expect(result.value).toMatchObject({ name: "mine", era: "5.1", conforming: false, cpu: { name: "arm64" }, fabric: { name: "zx1" } });
    expect(result.value.options.find((option) => option.id === "release-device")).toMatchObject({
      default: "unordered",
      values: ["unordered"],
    });
  });
  test("with a fabric of its own", () => {
    const result = read({
      kind: "platform",
      name: "leaky",
      source: "a bench",
      cpu: "riscv",
      fabric: {
        like: "pcie",
        tables: {
          rc: {
            like: "pcie/rc",
            cells: [{ id: "leak", younger: ["posted"], older: ["posted"], when: ["same-requester"], pass: "may", source: "a bench" }],
          },
        },
      },
    });
    expect(result.problems).toEqual([]);
    expect(result.ok && result.value.fabric.tables["rc"]?.[0]?.id).toBe("leak");
    expect(result.ok && result.value.fabric.name).toBe("leaky");
  });
  test("called as a part that it is like", () => {
    const result = read({
      kind: "platform",
      name: "pcie",
      source: "a bench",
      cpu: { like: "arm64" },
      fabric: { like: "pcie", tables: { rc: { like: "pcie/rc" } } },
    });
    expect(result.problems.map((problem) => problem.severity)).toEqual(["warning"]);
    expect(result.ok && result.value.fabric.tables["rc"]).toEqual(get("pcie").fabric.tables["rc"]);
  });
  test("a part alone is no platform", () => {
    const result = read({ kind: "fabric", name: "mine", source: "a bench", like: "pcie" });
    expect(result.ok).toBe(false);
    expect(result.problems[0]?.message).toBe("a fabric alone is no platform");
  });
  test("the name of a built-in platform warns", () => {
    const result = read({ kind: "platform", name: "x86", cpu: "x86", fabric: "pci" });
    expect(result.ok).toBe(true);
    expect(result.problems.map((problem) => problem.severity)).toEqual(["warning"]);
  });
});
