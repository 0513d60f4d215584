/** Register reads, where the thread may do one, and stricter mappings of registers. A read of a device's register comes back behind what the device sent; user space has no such reads. */
import { type Change, insertion, replacement, type TextEdit } from "./change.js";
import { change, type Proposer, type Site, single } from "./site.js";
import { earlier, isAccess, quoted, type Subject, within } from "./source-program.js";

/** A register of a device that can be read for its effect: how it is named, and the declaration that it needs. */
interface Readable {
  readonly device: string;
  readonly register: string;
  readonly accessor: "readl" | "inl" | "pci_read_config_dword";
  readonly declare: TextEdit | undefined;
}

export const proposeRegisterReads: Proposer = (subject) => {
  const registers = readables(subject);
  return subject.statements.flatMap((placed): Site[] => {
    const thread = subject.program.threads.find(({ name }) => name === placed.thread);
    if (thread?.role !== "cpu" || thread.user || placed.statement.kind === "block") return [];
    // In front of a barrier, too: what stands behind it may have to wait for the read.
    if (!within(subject, placed).some(({ operation }) => isAccess(operation) || operation.kind === "barrier")) return [];
    if (thread.on === undefined && !earlier(subject, placed).some(({ operation }) => isAccess(operation))) return [];
    return registers.flatMap((readable) => sitesOf(subject, placed, readable));
  });
};

function sitesOf(subject: Subject, placed: Placed, { device, register, accessor, declare }: Readable): Site[] {
  const site = `${placed.thread}-read-${placed.start}-${register}`;
  const edits = (before: string, after: string): TextEdit[] => [
    ...placed.insert(`${before}${accessor}(${register});${after}`, 1),
    ...(declare === undefined ? [] : [declare]),
  ];
  const read = change({
    id: `${site}-${accessor}`,
    site,
    kind: "pio-read",
    words: `add ${accessor}(${register}) to ${placed.thread}, before ${quoted(subject, placed)}${declare === undefined ? "" : ` (${register} stands for any register of ${device} that can be read)`}`,
    short: `read a register of ${device} in ${placed.thread}`,
    operation: accessor,
    thread: placed.thread,
    edits: edits("", ""),
    helped: { edits: edits("mb(); ", " mb();"), helpAlone: placed.insert("mb(); mb();", 1) },
  });
  // A barrier before the read is a candidate of its own (propose-barriers.ts puts barriers in front); one behind it makes sense only with the read.
  const behind = change({
    id: `${site}-behind`,
    site: `${site}-behind`,
    kind: "barrier",
    words: `add mb() behind that read`,
    short: `wait for it with mb()`,
    operation: "mb",
    thread: placed.thread,
    edits: placed.insert("mb();", 2),
    needs: read.id,
    covers: [`${placed.thread}-barrier-${placed.start}-mb-mb`],
  });
  // In front of a barrier it would be that barrier's stronger form, which is a candidate without the read.
  return within(subject, placed).some(({ operation }) => operation.kind === "barrier") ? [single(read)] : [single(read), single(behind)];
}

type Placed = Subject["statements"][number];

/** One register for each device that sends or holds anything. */
function readables(subject: Subject): Readable[] {
  const { program, test, source } = subject;
  return program.devices.flatMap((device, index): Readable[] => {
    const engine = test.threads.some(
      (thread) => thread.name === device.name && thread.clauses.some((clause) => clause.kind === "attribute" && clause.name === "in"),
    );
    if (engine) return [];
    const own = program.locations.filter(({ owner }) => owner === index);
    const memoryMapped = own.find(({ space, memoryType }) => space === "mmio" && memoryType !== "wc");
    const port = own.find(({ space }) => space === "port");
    const config = own.find(({ space }) => space === "config");
    const readable = (register: { readonly name: string } | undefined, accessor: Readable["accessor"]): Readable[] =>
      register === undefined ? [] : [{ device: device.name, register: register.name, accessor, declare: undefined }];
    const configured = readable(config, "pci_read_config_dword");
    if (memoryMapped !== undefined) return [...readable(memoryMapped, "readl"), ...configured];
    if (port !== undefined) return [...readable(port, "inl"), ...configured];
    const name = freshRegister(source.text, device.name);
    const declare = declaration(subject, `mmio int ${name};`);
    return declare === undefined ? configured : [{ device: device.name, register: name, accessor: "readl", declare }, ...configured];
  });
}

function freshRegister(text: string, device: string): string {
  for (const name of ["status", "scratch", "flush"]) if (!text.includes(`${device}.${name}`)) return `${device}.${name}`;
  return `${device}.readable`;
}

/** A declaration behind the last one of the initial state. */
function declaration({ source: { text }, test }: Subject, added: string): TextEdit | undefined {
  const last = test.init.at(-1);
  if (last === undefined) {
    const empty = /\{\s*\}/.exec(text);
    return empty === null ? undefined : replacement({ start: empty.index, end: empty.index + empty[0].length }, `{ ${added} }`);
  }
  const semicolon = /^\s*;/.exec(text.slice(last.span.end));
  const end = last.span.end + (semicolon?.[0].length ?? 0);
  const lineStart = text.lastIndexOf("\n", last.span.start - 1) + 1;
  const indent = text.slice(lineStart, last.span.start);
  const lineEnd = text.indexOf("\n", end) === -1 ? text.length : text.indexOf("\n", end);
  const missing = semicolon === null ? ";" : "";
  const onlyComment = /^\s*(\(\*[^\n]*\*\))?\s*$/.test(text.slice(end, lineEnd));
  if (indent.trim() !== "" || !onlyComment) return { ...insertion(end, `${missing} ${added}`), shared: true };
  return { ...insertion(lineEnd, `${missing}\n${indent}${added}`), shared: true };
}

/** `ioremap` instead of `ioremap_wc` for all of a device's registers, which are one region; `ioremap_np` instead of `ioremap` for one. */
export const proposeRegisterMappings: Proposer = (subject) => [
  ...subject.program.devices.flatMap(({ name }) => uncached(subject, name)),
  ...subject.test.init.flatMap((declaration) => nonPosted(subject, declaration)),
];

type Init = Subject["test"]["init"][number];

const fullName = (declaration: Extract<Init, { kind: "location" }>): string => `${declaration.owner}.${declaration.name}`;

function usesOf({ program, operations }: Subject, full: string): Subject["operations"] {
  const index = program.locations.findIndex(({ name }) => name === full);
  return operations.filter(
    ({ operation }) => (operation.kind === "pio-read" || operation.kind === "pio-write") && operation.location === index,
  );
}

function uncached(subject: Subject, device: string): Site[] {
  const combined = subject.test.init.filter(
    (each) =>
      each.kind === "location" && each.space === "mmio" && each.owner === device && each.attributes.some(({ name }) => name === "wc"),
  );
  if (combined.length === 0) return [];
  const edits = (read: string, write: string): TextEdit[] | undefined => {
    const list: TextEdit[] = [];
    for (const declaration of combined) {
      if (declaration.kind !== "location") continue;
      const loose = declaration.attributes.find(({ name }) => name === "wc");
      if (loose !== undefined) list.push(replacement(loose.span, "uc"));
      const full = fullName(declaration);
      for (const { operation, text, name, thread } of usesOf(subject, full)) {
        // In the kernel plain accesses are for write-combining memory; user space has no others.
        if (name !== undefined || thread.user) continue;
        const value = operation.kind === "pio-write" ? /=(?!=)\s*([\s\S]+)$/.exec(text)?.[1] : "";
        if (value === undefined) return undefined;
        list.push(replacement(operation.span, operation.kind === "pio-read" ? `${read}(${full})` : `${write}(${value}, ${full})`));
      }
    }
    return list;
  };
  const made = (operation: string, list: readonly TextEdit[] | undefined): Change[] =>
    list === undefined
      ? []
      : [
          change({
            id: `registers-${device}-${operation}`,
            site: `registers-${device}`,
            kind: "register-mapping",
            words: `map the registers of ${device} with ioremap, uncached (${operation})`,
            short: `map the registers of ${device} uncached`,
            operation,
            edits: list,
          }),
        ];
  return [
    {
      strongest: made("readl and writel", edits("readl", "writel")),
      weaker: made("__raw_readl and __raw_writel", edits("__raw_readl", "__raw_writel")),
    },
  ];
}

function nonPosted(subject: Subject, declaration: Init): Site[] {
  if (declaration.kind !== "location" || declaration.space !== "mmio" || declaration.owner === undefined) return [];
  const full = fullName(declaration);
  const location = subject.program.locations.find(({ name }) => name === full);
  if (location?.memoryType !== "uc" || !usesOf(subject, full).some(({ operation }) => operation.kind === "pio-write")) return [];
  const ordinary = declaration.attributes.find(({ name }) => name === "uc");
  const last = declaration.attributes.at(-1);
  const start = declaration.span.start;
  const head = /^mmio\s*(\(\s*\))?/.exec(subject.source.text.slice(start))?.[0].trimEnd() ?? "mmio";
  const edit =
    ordinary !== undefined
      ? replacement(ordinary.span, "np")
      : last !== undefined
        ? insertion(last.span.end, ", np")
        : replacement({ start, end: start + head.length }, "mmio(np)");
  const words = `map ${full} with ioremap_np`;
  const id = `register-${full}-np`;
  // What waits for the answer of such a write is a barrier behind it.
  const helpAlone = subject.statements.flatMap((placed) =>
    within(subject, placed).length === 1 && usesOf(subject, full).some((use) => within(subject, placed).includes(use))
      ? placed.insertAfter("mb();")
      : [],
  );
  return [
    single(
      change({
        id,
        site: `register-${full}`,
        kind: "register-mapping",
        words,
        short: words,
        operation: "ioremap_np",
        edits: [edit],
        helped: { edits: [edit, ...helpAlone], helpAlone },
      }),
    ),
  ];
}
