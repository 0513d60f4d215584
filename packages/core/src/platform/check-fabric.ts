/** What has to be true of a fabric beyond the shape of its file. */
import { didYouMean } from "../nearest.js";
import {
  at,
  checkAccessors,
  checkBounds,
  checkConditions,
  checkIds,
  checkOptions,
  checkSource,
  contradicts,
  implies,
  keyAt,
  type Path,
  type Scene,
} from "./check-entry.js";
import { checkFabricTiming } from "./check-timing.js";
import { MAPPING_CONDITIONS, PACKET_FIELDS, PACKET_RELATIONS } from "./condition.js";
import { findCycle } from "./deadlock.js";
import type { CellData, FabricData, FabricFile } from "./file.js";
import { packetKinds, routeOf } from "./load.js";
import type { PacketKind, RouteKind } from "./platform.js";
import { ROUTE_KINDS } from "./platform.js";
import { quoted } from "./shape.js";

const CONDITIONS = [...PACKET_RELATIONS, ...PACKET_FIELDS.flatMap((field) => [`younger.${field}`, `older.${field}`])];

/** The packet kinds that travel on each route. */
const KINDS_ON_ROUTE: { readonly [kind in RouteKind]: readonly PacketKind[] } = {
  "dma-write": ["posted"],
  "dma-read": ["read", "npdata"],
  "dma-reply": ["completion"],
  msi: ["posted"],
  intx: ["intx"],
  "pio-write": ["posted", "npdata"],
  "pio-read": ["read"],
  "pio-reply": ["completion", "io-completion"],
  "port-write": ["npdata"],
  "port-read": ["read"],
  "config-write": ["npdata"],
  "config-read": ["read"],
  "peer-write": ["posted"],
  "peer-read": ["read", "npdata"],
  "peer-reply": ["completion"],
};

/** The kinds that can be in a place at all. */
function kindsIn(fabric: FabricData, place: string): ReadonlySet<PacketKind> {
  const kinds = new Set<PacketKind>();
  for (const route of ROUTE_KINDS)
    if (routeOf(fabric.routes, route)?.includes(place) === true) for (const kind of KINDS_ON_ROUTE[route]) kinds.add(kind);
  for (const token of Object.values(fabric.tokens)) if (token.route.includes(place)) kinds.add(token.kind);
  return kinds;
}

/** `file` is as written, `whole` with everything filled in that it takes over. */
export function checkFabric(scene: Scene, file: FabricFile, whole: FabricData): void {
  const { complaints } = scene;
  const asked = new Set<string>();
  checkSource(scene, [], "the fabric", whole.source);

  checkIds(scene, ["places"], "places", file.places ?? []);
  (file.places ?? []).forEach((place, index) => {
    checkSource(scene, ["places", index], `the place \`${place.id}\``, place.source);
    if (whole.tables[place.table] === undefined) {
      complaints.error(
        "platform",
        at(scene, "places", index, "table"),
        `there is no table \`${place.table}\``,
        didYouMean(place.table, Object.keys(whole.tables)),
      );
    }
    if (kindsIn(whole, place.id).size === 0)
      complaints.warning("platform", at(scene, "places", index, "id"), `no route visits the place \`${place.id}\``);
  });

  const places = whole.places.map((place) => place.id);
  const checkRoute = (route: readonly string[], path: Path): void => {
    route.forEach((place, index) => {
      if (!places.includes(place))
        complaints.error(
          "platform",
          at(scene, ...path, index),
          `there is no place \`${place}\``,
          didYouMean(place, places) ?? `places are ${quoted(places)}`,
        );
      else if (route.indexOf(place) < index) complaints.error("platform", at(scene, ...path, index), `the route visits \`${place}\` twice`);
    });
  };
  for (const [kind, route] of Object.entries(file.routes ?? {})) checkRoute(route, ["routes", kind]);
  const uncovered = ROUTE_KINDS.filter((kind) => routeOf(whole.routes, kind) === undefined);
  if (uncovered.length > 0)
    complaints.error(
      "platform",
      keyAt(scene, [], "routes"),
      `no route for ${quoted(uncovered)}`,
      "an empty list is a route: straight there",
    );
  for (const [name, token] of Object.entries(file.tokens ?? {})) {
    checkSource(scene, ["tokens", name], `the token \`${name}\``, token.source);
    checkRoute(token.route, ["tokens", name, "route"]);
  }

  for (const [name, table] of Object.entries(file.tables ?? {})) {
    const list = Array.isArray(table);
    const own: readonly CellData[] = Array.isArray(table)
      ? (table as readonly CellData[])
      : ((table as { readonly cells?: readonly CellData[] }).cells ?? []);
    const path: Path = list ? ["tables", name] : ["tables", name, "cells"];
    checkIds(scene, path, "cells", own);
    own.forEach((cell, index) => {
      checkSource(scene, [...path, index], `the cell \`${cell.id}\``, cell.source);
      checkConditions(scene, [...path, index, "when"], cell.when ?? [], CONDITIONS, whole.options ?? [], asked);
      checkReach(scene, [...path, index], own, cell, index);
    });
    if (!whole.places.some((place) => place.table === name) && !usedByOther(file, name)) {
      complaints.warning("platform", keyAt(scene, ["tables"], name), `no place uses the table \`${name}\``);
    }
  }
  for (const place of whole.places) checkCoverage(scene, file, whole, place.id, place.table);

  checkIds(scene, ["mapping"], "mapping rules", file.mapping ?? []);
  (file.mapping ?? []).forEach((rule, index) => {
    checkSource(scene, ["mapping", index], `the mapping rule \`${rule.id}\``, rule.source);
    checkConditions(scene, ["mapping", index, "when"], rule.when, MAPPING_CONDITIONS, whole.options ?? [], asked);
    checkBounds(scene, ["mapping", index], rule);
  });
  collectAsked(whole, asked);
  checkOptions(scene, file.options ?? [], asked);
  checkAccessors(scene, file.accessors ?? {}, undefined);
  checkFabricTiming(scene, file.timing, whole);

  const cycle = findCycle(whole);
  if (cycle !== undefined) {
    complaints.error(
      "platform",
      keyAt(scene, [], file.tables === undefined ? "like" : "tables"),
      `packets can wait for each other in a circle: ${cycle.join(", ")}`,
      "let posted packets and completions pass reads",
    );
  }
}

/** Tables are also there for others to be like. */
function usedByOther(file: FabricFile, table: string): boolean {
  return Object.values(file.tables ?? {}).some((other) => "like" in other && other.like === table);
}

function collectAsked(whole: FabricData, asked: Set<string>): void {
  const note = (when: readonly string[] | undefined): void => {
    for (const condition of when ?? [])
      if (condition.startsWith("option:")) asked.add(condition.slice("option:".length).split("=")[0] ?? "");
  };
  for (const cells of Object.values(whole.tables)) for (const cell of cells) note(cell.when);
  for (const rule of whole.mapping) note(rule.when);
}

const pairs = (cell: CellData): readonly string[] =>
  packetKinds(cell.younger).flatMap((younger) => packetKinds(cell.older).map((older) => `${younger} ${older}`));

function checkReach(scene: Scene, path: Path, cells: readonly CellData[], cell: CellData, index: number): void {
  const when = cell.when ?? [];
  if (contradicts(when)) {
    scene.complaints.warning(
      "platform",
      at(scene, ...path, "when"),
      `the cell \`${cell.id}\` never holds: its conditions contradict each other`,
    );
    return;
  }
  const before = cells.slice(0, index).filter((other) => implies(when, other.when ?? []));
  const covered = new Set(before.flatMap(pairs));
  if (pairs(cell).every((pair) => covered.has(pair))) {
    const first = before.find((other) => pairs(other).some((pair) => pairs(cell).includes(pair)));
    scene.complaints.warning(
      "platform",
      at(scene, ...path, "id"),
      `the cell \`${cell.id}\` never decides: \`${first?.id ?? ""}\` stands before it`,
      "the first cell that matches decides",
    );
  }
}

/** Every pair of kinds that can meet has a cell without conditions. */
function checkCoverage(scene: Scene, file: FabricFile, fabric: FabricData, place: string, table: string): void {
  const cells = fabric.tables[table];
  if (cells === undefined) return;
  const kinds = [...kindsIn(fabric, place)];
  const covered = new Set(cells.filter((cell) => (cell.when ?? []).length === 0).flatMap(pairs));
  const open = kinds.flatMap((younger) =>
    kinds.filter((older) => !covered.has(`${younger} ${older}`)).map((older) => `${younger} behind ${older}`),
  );
  if (open.length === 0) return;
  const shown = open.length > 4 ? `${open.slice(0, 4).join(", ")} and ${open.length - 4} more` : open.join(", ");
  const own = file.tables?.[table] !== undefined;
  scene.complaints.error(
    "platform",
    own ? keyAt(scene, ["tables"], table) : keyAt(scene, [], "routes"),
    `in the place \`${place}\` the table \`${table}\` does not end in cells for ${shown}`,
    'end it with a cell without "when" for them',
  );
}
