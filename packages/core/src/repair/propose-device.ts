/** What a device's firmware can do: send without relaxed ordering, send in another order, wait until its write has arrived, interrupt by message. */
import type { Attributes } from "../program/program.js";
import { type Change, replacement, type TextEdit } from "./change.js";
import { proposeMappings, without } from "./propose-mappings.js";
import { change, type Proposer, type Site, single, together } from "./site.js";
import { argumentsOf, quoted, type Subject, type Written, within } from "./source-program.js";

const ATTRIBUTES = [
  ["RO", /\bRO\b/, "relaxed ordering", (attributes: Attributes) => attributes.ro],
  ["IDO", /\bIDO\b/, "ID-based ordering", (attributes: Attributes) => attributes.ido],
  ["UIO", /\bUIO\b/, "unordered I/O", (attributes: Attributes) => attributes.uio],
  ["TC", /\bTC\s*\(\s*\d+\s*\)/, "a traffic class of its own", (attributes: Attributes) => attributes.tc !== 0],
] as const;

/** An attribute taken off one transaction. Its mapping may ask for relaxed ordering too: then both have to go. */
export const proposeAttributes: Proposer = (subject, platforms) => {
  const relaxed = proposeMappings(subject, platforms).flatMap(({ strongest }) =>
    strongest.filter(({ operation }) => operation === "no-relaxed_ordering" || operation === "no-weak_ordering").slice(0, 1),
  );
  const mapped = relaxed.flatMap(({ edits }) => edits);
  const helped = (each: Change): Change => {
    if (each.operation !== "no RO" || mapped.length === 0) return each;
    const helpAlone = [...(each.helped?.helpAlone ?? []), ...mapped];
    return { ...each, helped: { edits: [...each.edits, ...helpAlone], helpAlone } };
  };
  return takenOff(subject).map(({ strongest, weaker }) => ({ strongest: strongest.map(helped), weaker }));
};

const takenOff = ({ operations }: Subject): Site[] =>
  together(
    operations.flatMap(({ operation, thread, text }): Site[] => {
      if (!("attributes" in operation)) return [];
      return ATTRIBUTES.flatMap(([name, pattern, title, has]): Site[] => {
        const found = has(operation.attributes) ? pattern.exec(text) : null;
        if (found === null) return [];
        const start = operation.span.start + found.index;
        const id = `${thread.name}-${name}-${operation.span.start}`;
        const plain = text.replace(/\s+/g, " ");
        return [
          single(
            change({
              id,
              site: id,
              kind: "attribute",
              words: `send \`${plain}\` of ${thread.name} without ${title}`,
              short: `send ${what(text)} without ${title}`,
              operation: `no ${name}`,
              thread: thread.name,
              edits: [withinCall(operation.span.start, text, { start, end: start + found[0].length })],
            }),
          ),
        ];
      });
    }),
  );

function withinCall(start: number, text: string, span: { readonly start: number; readonly end: number }): TextEdit {
  const edit = without(text, { start: span.start - start, end: span.end - start });
  return replacement({ start: edit.span.start + start, end: edit.span.end + start }, edit.text);
}

const what = (text: string): string => /\*\s*\w+|\w+\.\w+/.exec(text)?.[0].replace(/^\*\s*/, "") ?? "it";

const TRANSFERS = ["dma-write", "dma-read"] as const;
const isTransfer = ({ operation }: Written): boolean => TRANSFERS.some((kind) => kind === operation.kind);

/** Two neighbouring transfers of a device in the other order. */
export const proposeOrder: Proposer = (subject) => {
  const { statements, source } = subject;
  return statements.flatMap((first, index): Site[] => {
    const second = statements[index + 1];
    if (second === undefined || first.thread !== second.thread || !/^\s*$/.test(source.text.slice(first.end, second.start))) return [];
    const [a, ...moreA] = within(subject, first);
    const [b, ...moreB] = within(subject, second);
    if (a === undefined || b === undefined || moreA.length + moreB.length > 0 || !isTransfer(a) || !isTransfer(b)) return [];
    if (a.operation.kind !== b.operation.kind || usesResult(a, b)) return [];
    const id = `${first.thread}-order-${first.start}`;
    const text = (placed: typeof first): string => source.text.slice(placed.start, placed.end);
    return [
      single(
        change({
          id,
          site: id,
          kind: "order",
          words: `let ${first.thread} do ${quoted(subject, second)} before ${quoted(subject, first)}`,
          short: `send ${what(text(second))} before ${what(text(first))} in ${first.thread}`,
          operation: "order",
          thread: first.thread,
          edits: [
            replacement({ start: first.start, end: first.end }, text(second)),
            replacement({ start: second.start, end: second.end }, text(first)),
          ],
        }),
      ),
    ];
  });
};

/** Does the second need what the first reads? */
function usesResult({ operation: first }: Written, { operation: second }: Written): boolean {
  if (first.kind !== "dma-read") return false;
  const targets = first.parts.map(({ target }) => target);
  return (
    JSON.stringify(second).includes('"register"') && targets.some((target) => JSON.stringify(second).includes(`"register":${target}}`))
  );
}

/** One transaction of several words as several transactions of one word, in order or the other way round; reads one after the other. */
export const proposeSplits: Proposer = (subject) =>
  subject.statements.flatMap((placed): Site[] => {
    const [transfer, ...more] = within(subject, placed);
    if (transfer === undefined || more.length > 0 || placed.statement.kind !== "expression") return [];
    const list = argumentsOf(transfer.text);
    const attributes = list?.filter((each) => /^(RO|IDO|UIO)$|^TC\b/.test(each)) ?? [];
    const words = list?.slice(0, list.length - attributes.length) ?? [];
    if ((transfer.name !== "DMA_WRITEV" && transfer.name !== "DMA_READV") || words.length < 4 || words.length % 2 !== 0) return [];
    const tail = attributes.map((each) => `, ${each}`).join("");
    const parts = Array.from({ length: words.length / 2 }, (_, index) => {
      const [first = "", second = ""] = words.slice(2 * index, 2 * index + 2);
      return transfer.name === "DMA_WRITEV"
        ? `DMA_WRITE(${first}, ${second}${tail});`
        : `${first} = DMA_READ(${second}${tail}); WAIT(${first} == ${first});`;
    });
    const site = `${placed.thread}-split-${placed.start}`;
    const made = (order: string, code: readonly string[]): Change =>
      change({
        id: `${site}-${order}`,
        site,
        kind: "order",
        words: `let ${placed.thread} do ${quoted(subject, placed)} word by word, ${order === "up" ? "in order" : "the last word first"}`,
        short: `transfer word by word in ${placed.thread}`,
        operation: `split ${order}`,
        thread: placed.thread,
        edits: [replacement({ start: placed.start, end: placed.end }, code.join(" "))],
      });
    return [{ strongest: [made("up", parts), made("down", [...parts].reverse())], weaker: [] }];
  });

/** A zero-length read behind a write, and waiting for it: the write has arrived. */
export const proposeDeviceFlushes: Proposer = (subject, platforms) => {
  const { statements, source } = subject;
  const mappings = proposeMappings(subject, platforms);
  return statements.flatMap((placed, index): Site[] => {
    const next = statements[index + 1];
    if (next === undefined || next.thread !== placed.thread || placed.statement.kind !== "expression") return [];
    const [write, ...more] = within(subject, placed);
    if (write?.operation.kind !== "dma-write" || more.length > 0) return [];
    const place = /^\w+\s*\(\s*([^,]+),/.exec(write.text)?.[1]?.trim();
    if (place === undefined || write.name !== "DMA_WRITE") return [];
    const register = freshRegister(source.text);
    const edits = placed.insertAfter(`int ${register} = DMA_READ_ZERO(${place}); WAIT(${register} == 0);`);
    // How the location is mapped may decide whether a read of it waits.
    const mapped = mappings.flatMap(({ strongest }) => strongest).find(({ site }) => site === `map-${place.replace(/^\*\s*/, "")}`);
    const id = `${placed.thread}-flush-${placed.start}`;
    return [
      single(
        change({
          id,
          site: id,
          kind: "device-flush",
          words: `let ${placed.thread} read back (zero length) and wait, behind ${quoted(subject, placed)}`,
          short: `let ${placed.thread} wait for its write of ${what(place)}`,
          operation: "DMA_READ_ZERO",
          thread: placed.thread,
          edits,
          helped: mapped === undefined ? undefined : { edits: [...edits, ...mapped.edits], helpAlone: mapped.edits },
        }),
      ),
    ];
  });
};

function freshRegister(text: string): string {
  for (let number = 9; ; number++) if (!new RegExp(`\\br${number}\\b`).test(text)) return `r${number}`;
}

/** Waiting for the value of a read before what follows it is sent. */
export const proposeDeviceWaits: Proposer = (subject) => {
  const { statements } = subject;
  return statements.flatMap((placed, index): Site[] => {
    const next = statements[index + 1];
    const { statement } = placed;
    if (next === undefined || next.thread !== placed.thread || statement.kind !== "declare") return [];
    const [read, ...more] = within(subject, placed);
    if ((read?.operation.kind !== "dma-read" && read?.operation.kind !== "dma-atomic") || more.length > 0) return [];
    const id = `${placed.thread}-wait-${placed.start}`;
    return [
      single(
        change({
          id,
          site: id,
          kind: "device-flush",
          words: `let ${placed.thread} wait for the value that ${quoted(subject, placed)} brings before it goes on`,
          short: `let ${placed.thread} wait for its read of ${what(read.text)}`,
          operation: "WAIT",
          thread: placed.thread,
          edits: placed.insertAfter(`WAIT(${statement.name} == ${statement.name});`),
        }),
      ),
    ];
  });
};

/** A message instead of the pin, or the pin instead of the message, for the device and all its handlers. */
export const proposeInterrupts: Proposer = (subject) => {
  const { test, program, source, operations } = subject;
  return program.devices.flatMap((device, index): Site[] => {
    const raised = operations.filter(
      ({ operation, thread }) => (operation.kind === "intx" || operation.kind === "msi") && thread.device === index,
    );
    const kinds = new Set(raised.map(({ operation }) => operation.kind));
    const [kind] = kinds;
    if (kinds.size !== 1 || kind === undefined) return [];
    const clauses = test.threads.flatMap(({ clauses }) =>
      clauses.filter((clause) => clause.kind === "on" && clause.device === device.name && clause.event === kind),
    );
    if (clauses.some((clause) => clause.kind === "on" && clause.vector !== 0)) return [];
    const to = kind === "intx" ? "msi" : "intx";
    const edits = [
      ...raised.map(({ operation }) => replacement(operation.span, to === "msi" ? "MSI()" : "INTX()")),
      ...clauses.map(({ span }) =>
        replacement(span, source.text.slice(span.start, span.end).replace(/\b(intx|msix?)\s*\(\s*(\w+)[^)]*\)/i, `${to}($2)`)),
      ),
    ];
    const id = `${device.name}-${to}`;
    const words =
      to === "msi" ? `let ${device.name} interrupt by MSI instead of its pin` : `let ${device.name} interrupt by its pin instead of MSI`;
    return [single(change({ id, site: id, kind: "interrupt", words, short: words, operation: to, thread: device.name, edits }))];
  });
};

/** `dma_sync_*` around what a CPU does with memory mapped for streaming, where a platform does not snoop. */
export const proposeSyncs: Proposer = (subject, platforms) => {
  if (platforms.every(({ fabric }) => fabric.coherent)) return [];
  return subject.statements.flatMap((placed): Site[] => {
    if (placed.statement.kind === "block" || placed.statement.kind === "if") return [];
    return within(subject, placed).flatMap(({ operation, thread }): Site[] => {
      if ((operation.kind !== "read" && operation.kind !== "write") || operation.address.kind !== "constant") return [];
      const location = subject.program.locations[operation.address.value & 0xfffff];
      if (location === undefined || location.mapping.mode !== "streaming" || /\W/.test(location.name)) return [];
      const call = operation.kind === "read" ? "dma_sync_single_for_cpu" : "dma_sync_single_for_device";
      const code = `${call}(${location.name});`;
      const put = (before: string, after: string): TextEdit[] =>
        operation.kind === "read" ? placed.insert(before + code + after, 1) : placed.insertAfter(before + code + after, 1);
      const id = `${thread.name}-${call}-${operation.span.start}`;
      return [
        single(
          change({
            id,
            site: id,
            kind: "sync",
            words: `add ${call}(${location.name}) to ${thread.name}, ${operation.kind === "read" ? "before" : "behind"} ${quoted(subject, placed)}`,
            short: `add ${call}(${location.name})`,
            operation: call,
            thread: thread.name,
            edits: put("", ""),
            helped: {
              edits: put("mb(); ", " mb();"),
              helpAlone: operation.kind === "read" ? placed.insert("mb(); mb();", 1) : placed.insertAfter("mb(); mb();", 1),
            },
          }),
        ),
      ];
    });
  });
};

/** Waiting for the value itself: memory that starts at 0 and that only devices write, polled before it is read. */
export const proposePolls: Proposer = (subject: Subject) =>
  subject.statements.flatMap((placed): Site[] => {
    if (
      placed.statement.kind === "block" ||
      placed.statement.kind === "if" ||
      placed.statement.kind === "while" ||
      placed.statement.kind === "for"
    )
      return [];
    return within(subject, placed).flatMap(({ operation, thread }): Site[] => {
      if (operation.kind !== "read" || operation.address.kind !== "constant") return [];
      const index = operation.address.value & 0xfffff;
      const location = subject.program.locations[index];
      if (location === undefined || location.initial !== 0 || location.lock || /\W/.test(location.name)) return [];
      const writers = subject.operations.filter(({ operation: other }) => writes(other, operation.address));
      if (writers.length === 0 || writers.some((writer) => writer.thread.role !== "device")) return [];
      const id = `${thread.name}-poll-${operation.span.start}`;
      return [
        single(
          change({
            id,
            site: id,
            kind: "poll",
            words: `let ${thread.name} poll ${location.name} itself until it is no longer 0, before ${quoted(subject, placed)}`,
            short: `poll ${location.name} itself`,
            operation: "poll",
            thread: thread.name,
            edits: placed.insert(`while (READ_ONCE(*${location.name}) == 0) ;`, 1),
          }),
        ),
      ];
    });
  });

function writes(operation: Written["operation"], address: { readonly kind: string }): boolean {
  const same = JSON.stringify(address);
  if (operation.kind === "write" || operation.kind === "atomic" || operation.kind === "dma-atomic")
    return JSON.stringify(operation.address) === same || operation.address.kind !== "constant";
  return (
    operation.kind === "dma-write" &&
    operation.parts.some((part) => JSON.stringify(part.address) === same || part.address.kind !== "constant")
  );
}
