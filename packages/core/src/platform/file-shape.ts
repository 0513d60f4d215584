/** The shape of platform files, key by key. What stands in `says` is what an editor shows beside the key. */

import { ACCESSOR_NAMES, KIND_GROUPS, OPTIONAL_ACCESSORS } from "./accessor.js";
import { MAPPING_ATTRIBUTES } from "./condition.js";
import { ACCESS_KINDS, PACKET_KINDS, PLACE_DEEDS, ROUTE_KINDS } from "./platform.js";
import type { Field, Shape } from "./shape.js";
import {
  CPU_FIGURES,
  DEVICE_FIGURES,
  LINK_FIGURES,
  MARKS,
  MEMORY_FIGURES,
  PLACE_FIGURES,
  TOKEN_FIGURES,
  TRANSLATION_FIGURES,
} from "./timing.js";

type Simple = Exclude<Shape, { kind: "either" | "any" }>;

const text: Simple = { kind: "text" };
const words = (list: readonly string[]): Simple => ({ kind: "word", words: list });
const list = (each: string, of: Shape, filled = false): Simple => ({ kind: "list", each, of, filled });
const record = (fields: { readonly [name: string]: Field }): Simple => ({ kind: "record", fields });
const need = (shape: Shape, says: string): Field => ({ shape, says });
const may = (shape: Shape, says: string): Field => ({ shape, says, optional: true });
const optional = (fields: { readonly [name: string]: Field }, names: readonly string[]): { readonly [name: string]: Field } =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, names.includes(name) ? { ...field, optional: true } : field]));

/** A name of a part: it may stand in `x86+pcie@6.19`. */
const name: Shape = { kind: "text", pattern: /^[a-z][a-z0-9-]*$/, example: "my-platform" };
/** A kernel version. */
const version: Shape = { kind: "text", pattern: /^\d+(\.\d+)*$/, example: "6.19" };

const source = may(text, "Where this comes from: a document, a function, a mail. Without it, a warning.");
const since = may(version, "The first kernel version that this holds for.");
const before = may(version, "The first kernel version that this no longer holds for.");
const when = (of: string): Field =>
  may(list("condition", text), `Conditions on ${of}; all have to hold. \`!\` negates; \`option:id=value\` asks for an option.`);
const pass = need(words(["no", "may", "must"]), "May the younger go first? `must`: it has to be able to (deadlock).");

const accessKinds = list("kind", words([...ACCESS_KINDS, ...Object.keys(KIND_GROUPS)]), true);
const packetKinds = list("kind", words([...PACKET_KINDS, "*"]), true);

const option = record({
  id: need(text, "What `option:id=value` and `--option id=value` call it."),
  values: need(list("value", text, true), "All values it can have."),
  default: need(text, "The value taken where nobody says otherwise."),
  question: need(text, "The open question, as a sentence."),
  source,
});

const accessor = record({
  do: need(list("step", text), "Steps: `access …`, `fence KINDS -> KINDS …`, `token NAME`. Empty: nothing but a compiler barrier."),
  source,
  since,
  before,
});
const accessors: Shape = {
  kind: "map",
  of: { kind: "either", shapes: [accessor, list("entry", accessor, true)] },
  keys: [...ACCESSOR_NAMES, ...OPTIONAL_ACCESSORS],
  each: "accessor",
};

const figure = record({
  value: need({ kind: "amount" }, "In the unit of its name: nanoseconds, Gb/s, bytes, packets or a share."),
  mark: need(
    words(MARKS),
    "`measured`: read off hardware; `derived`: follows from measured or specified figures; `invented`: plausible, and nothing more.",
  ),
  source,
});
const figures = (of: { readonly [name: string]: string }): Shape =>
  record(Object.fromEntries(Object.entries(of).map(([key, says]) => [key, may(figure, says)])));

const cpuTiming = record({
  figures: need(figures(CPU_FIGURES), "What the CPU and its caches take."),
  accessors: may(
    { kind: "map", of: figure, keys: [...ACCESSOR_NAMES, ...OPTIONAL_ACCESSORS], each: "accessor" },
    "CPU time of the fences in an accessor, ns; others take the figure `fence`.",
  ),
});

const fabricTiming = record({
  places: need({ kind: "map", of: figures(PLACE_FIGURES), each: "place" }, "What each place takes."),
  link: may(figures(LINK_FIGURES), "The PCI Express link."),
  linked: may(list("place", text), "Places that are directions of that link: their bandwidth and headers follow from it."),
  device: may(figures(DEVICE_FIGURES), "What a device takes."),
  memory: may(figures(MEMORY_FIGURES), "What memory takes to answer a device."),
  tokens: may(figures(TOKEN_FIGURES), "What tokens take besides their ways."),
  translation: may(figures(TRANSLATION_FIGURES), "What the table of mappings takes."),
});

const cpuFields: { readonly [name: string]: Field } = {
  title: need(text, "One line for people."),
  source,
  multiCopyAtomic: need({ kind: "boolean" }, "True: a store reaches all CPUs at once."),
  readsJoin: need({ kind: "boolean" }, "False: a read of a new value may be followed by a dependent read of an old one (alpha)."),
  sameAddressCommits: may(
    { kind: "boolean" },
    "True: a store waits for the older loads of each location that its address, its value or a branch before it was loaded from (Power). Default false.",
  ),
  conditionalsInOrder: may(
    { kind: "boolean" },
    "True: the store-conditionals of one CPU are in coherence order: program order of all of them and coherence have no circle (Power). Default false.",
  ),
  barriersTravel: may(
    { kind: "boolean" },
    "B-cumulativity: a barrier that reached this CPU with a store goes ahead of its own later stores (Power). Default false.",
  ),
  coherentReads: may({ kind: "boolean" }, "False: two plain loads of one address may be reordered (ia64). Default true."),
  sameStoreSwaps: may(
    { kind: "boolean" },
    "True: two loads of one address may be performed in either order where both read the same store (Armv8, RVWMO, Power). Default false.",
  ),
  plainRaces: may(
    words(["model", "nothing"]),
    "What is promised where plain accesses race: what the CPU does with them, or nothing (the report says so). Default model.",
  ),
  devicesSee: may(
    words(["at-once", "later"]),
    "When devices see a store: with the CPUs, or later, on a route that no barrier waits for. Default at-once.",
  ),
  control: need(words(["all", "arms"]), "How far a control dependency reaches: to all later stores, or to those in the branch's arms."),
  addressPending: need(words(["no", "may"]), "May a store leave before an older access has its address?"),
  window: need(
    list(
      "rule",
      record({
        id: need(text, "Named in explanations."),
        older: need(accessKinds, "Kinds, or memory, io, all."),
        younger: need(accessKinds, "Kinds, or memory, io, all."),
        when: when("the two accesses"),
        pass,
        source,
      }),
    ),
    "Who may pass whom in the CPU's window. The first rule that matches decides; no match: may.",
  ),
  options: may(list("option", option), "What no source settles."),
  accessors: need(accessors, "What each accessor turns into."),
  timing: may(cpuTiming, "What things take, for the simulator."),
};

const cells = list(
  "cell",
  record({
    id: need(text, "Named in explanations."),
    younger: need(packetKinds, "Packet kinds; `*` for all."),
    older: need(packetKinds, "Packet kinds; `*` for all."),
    when: when("the two packets"),
    pass,
    source,
  }),
);

const fabricFields: { readonly [name: string]: Field } = {
  title: need(text, "One line for people."),
  source,
  coherent: need({ kind: "boolean" }, "Does DMA see and update what the CPUs' caches hold? False: streaming memory needs dma_sync_*."),
  refuses: may(list("operation", words(["msi"])), "What the bridge refuses: the verdict of a test that uses it is unknown."),
  places: need(
    list(
      "place",
      record({
        id: need(text, "Named in routes."),
        title: need(text, "One line for people."),
        per: need(
          words(["machine", "node", "bridge", "port", "slot", "card", "device", "cpu"]),
          "There is one instance per value of this: of the requester upstream, of the target downstream.",
        ),
        table: need(text, "The table that says who may pass whom here."),
        credits: may({ kind: "count" }, "Most packets it holds, per class (posted, non-posted, completion). Unlimited by default."),
        does: may(
          list("deed", words(PLACE_DEEDS)),
          "translate: a device's request is looked up in the table of mappings as it leaves; may-translate: perhaps; share-completions: a completion is for whoever asks for its address and command; combine: writes to neighbouring `combining` registers may leave as one burst.",
        ),
        source,
      }),
    ),
    "Where packets wait.",
  ),
  tables: need(
    {
      kind: "map",
      of: {
        kind: "either",
        shapes: [
          record({
            like: need(text, "Another table: `name`, or `fabric/name`."),
            cells: may(cells, "Cells that stand before those of the other table."),
          }),
          cells,
        ],
      },
      each: "table",
    },
    "Who may pass whom. The first cell that matches decides; no match: no.",
  ),
  routes: need(
    { kind: "map", of: list("place", text), keys: ROUTE_KINDS, each: "route" },
    "The places that each kind of traffic visits, first to last.",
  ),
  tokens: need(
    {
      kind: "map",
      of: record({
        route: need(list("place", text, true), "The places it passes through."),
        kind: need(words(["flush", "drain"]), "The packet kind that tables know it by."),
        source,
      }),
      keys: ["flush", "drain"],
      each: "token",
    },
    "What `token flush` and `token drain` of accessors send.",
  ),
  mapping: need(
    list(
      "mapping rule",
      record({
        id: need(text, "Named in explanations."),
        when: need(list("condition", text), "What the driver asked for; empty: always."),
        set: need(
          { kind: "map", of: { kind: "boolean" }, keys: MAPPING_ATTRIBUTES, each: "packet attribute" },
          "Attributes of the packets that follow from it.",
        ),
        since,
        before,
        source,
      }),
    ),
    "What becomes of mapping requests. Every rule that matches applies, later ones win.",
  ),
  options: may(list("option", option), "What no source settles."),
  accessors: may(accessors, "Accessors that this fabric changes, whatever the CPU."),
  timing: may(fabricTiming, "What things take, for the simulator."),
};

const like = need(text, "The part that this one is like; everything not said here is taken from it.");
const named = (kind: string): { readonly [name: string]: Field } => ({
  kind: need(words([kind]), "What this file describes."),
  name: need(name, "What commands call it."),
});

const settings = may({ kind: "map", of: text, each: "option" }, "Values of options that this machine fixes.");

/** Optional in a part that is `like` another. */
const all = (fields: { readonly [name: string]: Field }): readonly string[] => Object.keys(fields);

/** The shape of a CPU: whole, or `like` another. Parts written inside a platform need no name. */
export function cpuShape(variant: boolean, inline: boolean): Shape {
  const fields = variant ? { like, ...optional(cpuFields, all(cpuFields)) } : inline ? optional(cpuFields, ["title"]) : cpuFields;
  return record({ $schema: may(text, "This schema."), ...(inline ? optional(named("cpu"), ["kind", "name"]) : named("cpu")), ...fields });
}

export function fabricShape(variant: boolean, inline: boolean): Shape {
  const fields = variant
    ? { like, ...optional(fabricFields, all(fabricFields)) }
    : inline
      ? optional(fabricFields, ["title"])
      : fabricFields;
  return record({
    $schema: may(text, "This schema."),
    ...(inline ? optional(named("fabric"), ["kind", "name"]) : named("fabric")),
    ...fields,
  });
}

const machine = record({
  name: need(name, "What commands call it."),
  title: need(text, "One line for people."),
  cpu: need(text, "A CPU."),
  fabric: need(text, "A fabric."),
  era: need(version, "The kernel version."),
  conforming: need({ kind: "boolean" }, "Does it keep what the kernel's documents promise? `expect all` speaks of these."),
  settings,
});

export const machinesShape: Shape = record({
  $schema: may(text, "This schema."),
  kind: need(words(["machines"]), "What this file describes."),
  machines: need(list("machine", machine), "Platforms by name."),
});

const inlinePart = { kind: "map", of: { kind: "any" }, each: "key" } as const;

/** A user's platform: one file. `cpu` and `fabric` are names, or the parts themselves, checked by the shapes above. */
export const platformShape: Shape = record({
  $schema: may(text, "This schema."),
  ...named("platform"),
  title: may(text, "One line for people."),
  source,
  cpu: need({ kind: "either", shapes: [text, inlinePart] }, "A CPU by name, or one written here."),
  fabric: need({ kind: "either", shapes: [text, inlinePart] }, "A fabric by name, or one written here."),
  era: may(version, "The kernel version; 6.19 by default."),
  conforming: may({ kind: "boolean" }, "Does it keep what the kernel's documents promise? False by default."),
  settings,
});
