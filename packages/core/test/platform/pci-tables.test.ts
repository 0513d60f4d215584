/** PCI's tables, cell by cell, against a transcription of the specifications' own. */
import { describe, expect, test } from "vitest";
import { holds } from "../../src/platform/condition.js";
import { platform } from "../../src/platform/index.js";
import type { Cell, PacketKind } from "../../src/platform/platform.js";

/**
 * Rows are the younger packet, columns the older. `N` must not pass, `Y` has to be able to, `-` may (the specifications' Y/N). `ro:` the younger has relaxed ordering,
 * `ido:` it has ID-based ordering and another requester; `same:` both are of one transaction.
 */
const TABLES: { readonly [fabric: string]: string } = {
  // PCI Express r2.0 and later, table 1a. The row D is written twice: completions of reads and atomics, and of I/O and configuration writes.
  "x86+pcie": `
                 | posted          | read | npdata | completion | io-completion
    posted       | N ro:- ido:-    | Y    | Y      | -          | -
    read         | N ido:-         | -    | -      | -          | -
    npdata       | N ro:- ido:-    | -    | -      | -          | -
    completion   | N ro:- ido:-    | Y    | Y      | - same:N   | - same:N
    io-completion| -               | Y    | Y      | - same:N   | - same:N`,
  // PCI Express r1.0a, r1.1, table 1b.
  "x86+pcie1": `
                 | posted | read | npdata | completion | io-completion
    posted       | N ro:- | Y    | Y      | -          | -
    read         | N      | -    | -      | -          | -
    npdata       | N      | -    | -      | -          | -
    completion   | N ro:- | Y    | Y      | - same:N   | -
    io-completion| -      | Y    | Y      | -          | -`,
  // PCI 2.2, 2.3, table 1c: PMW, DRR, DWR, DRC, DWC.
  "x86+pci": `
                 | posted | read | npdata | completion | io-completion
    posted       | N      | Y    | Y      | Y          | Y
    read         | N      | -    | -      | -          | -
    npdata       | N      | -    | -      | -          | -
    completion   | N      | Y    | Y      | -          | -
    io-completion| -      | Y    | Y      | -          | -`,
  // PCI-X: the same with relaxed ordering on writes and split read completions.
  "x86+pci-x": `
                 | posted | read | npdata | completion | io-completion
    posted       | N ro:- | Y    | Y      | Y          | Y
    read         | N      | -    | -      | -          | -
    npdata       | N      | -    | -      | -          | -
    completion   | N ro:- | Y    | Y      | - same:N   | -
    io-completion| -      | Y    | Y      | -          | -`,
};

const PASS: { readonly [letter: string]: Cell["pass"] } = { N: "no", Y: "must", "-": "may" };

const SITUATIONS: { readonly [name: string]: readonly string[] } = {
  plain: [],
  ro: ["younger.ro", "different-requester"],
  ido: ["younger.ido", "different-requester"],
  "ido, same requester": ["younger.ido", "same-requester"],
  same: ["same-transaction", "same-requester"],
};

function answer(cells: readonly Cell[], younger: PacketKind, older: PacketKind, facts: readonly string[]): Cell["pass"] | undefined {
  return cells.find(
    (cell) =>
      cell.younger.includes(younger) &&
      cell.older.includes(older) &&
      holds(
        cell.when,
        (name) => facts.includes(name),
        () => undefined,
      ),
  )?.pass;
}

describe.each(Object.entries(TABLES))("%s", (name, text) => {
  const [header = "", ...rows] = text.trim().split("\n");
  const columns = header
    .split("|")
    .slice(1)
    .map((column) => column.trim() as PacketKind);
  const fabric = platform(name)?.fabric;
  const upstream = fabric?.routes["dma-write"] ?? [];
  const tables = [
    ...new Set(fabric?.places.filter((place) => upstream.includes(place.id) || place.id === "down").map((place) => place.table)),
  ];

  test("is the table of its links", () => expect(tables).not.toEqual([]));

  for (const table of tables) {
    const cells = fabric?.tables[table] ?? [];
    for (const row of rows) {
      const [younger = "", ...entries] = row.split("|").map((part) => part.trim());
      entries.forEach((entry, index) => {
        const older = columns[index] as PacketKind;
        const [plain = "", ...conditional] = entry.split(" ");
        for (const [situation, facts] of Object.entries(SITUATIONS)) {
          const own = conditional.find((part) => part.startsWith(`${situation}:`))?.slice(-1);
          test(`${table}: ${younger} behind ${older}, ${situation}`, () => {
            expect(answer(cells, younger as PacketKind, older, facts)).toBe(PASS[own ?? plain]);
          });
        }
      });
    }
  }
});

test("nothing holds between traffic classes on PCI Express", () => {
  const cells = platform("x86+pcie")?.fabric.tables["pcie"] ?? [];
  const kinds: readonly PacketKind[] = ["posted", "read", "npdata", "completion", "io-completion", "intx"];
  for (const younger of kinds) for (const older of kinds) expect(answer(cells, younger, older, ["different-class"])).toBe("may");
});

test("on PCI Express an Assert_INTx message travels as a posted packet, in conventional PCI the pin is a wire of its own", () => {
  const cells = platform("pcie")?.fabric.tables["pcie"] ?? [];
  expect(answer(cells, "intx", "posted", [])).toBe("no");
  expect(answer(cells, "posted", "intx", [])).toBe("no");
  expect(answer(cells, "completion", "intx", [])).toBe("no");
  expect(platform("pcie")?.fabric.routes.intx).toEqual(["link", "wire"]);
  expect(platform("pci")?.fabric.routes.intx).toEqual(["wire"]);
});
