/** Accesses by a stronger accessor: plain to marked, marked to acquire or release, relaxed and raw register accesses to full ones, atomics with more order. */
import { primitive } from "../program/primitives.js";
import { type Change, replacement } from "./change.js";
import { change, type Proposer, type Site, together } from "./site.js";
import { argumentsOf, pointerTo, type Written } from "./source-program.js";

/** How an access is written in each form, weakest first. `name` is what the report calls it. */
interface Form {
  readonly name: string;
  readonly text: string;
  /** No later form of the list does what this one does. */
  readonly apart?: true;
}

/** Register accesses in their full forms: the rules ask for order on both sides. */
const isFull = ({ operation }: Change): boolean => /^(read|write)[bwlq]$|^io(read|write)/.test(operation);

export const proposeAccessors: Proposer = (subject, platforms) =>
  together(proposeEach(subject, platforms), (a, b) => isFull(a) && isFull(b));

const proposeEach: Proposer = (subject) =>
  subject.operations.flatMap((written): Site[] => {
    const forms = stronger(written);
    if (forms.length === 0) return [];
    const { operation, thread, text } = written;
    const site = `${thread.name}-access-${operation.span.start}`;
    const from = written.name ?? "a plain access";
    const changes = forms.map(
      (form): Change =>
        change({
          id: `${site}-${form.name}`,
          site,
          kind: "accessor",
          words: `use ${form.name} instead of ${from} for \`${text.replace(/\s+/g, " ")}\` in ${thread.name}`,
          short: `use ${form.name} for ${objectOf(written)} in ${thread.name}`,
          operation: form.name,
          thread: thread.name,
          edits: [replacement(operation.span, form.text)],
        }),
    );
    const isTop = (index: number): boolean => index === forms.length - 1 || forms[index]?.apart === true;
    return [{ strongest: changes.filter((_, index) => isTop(index)), weaker: changes.filter((_, index) => !isTop(index)) }];
  });

/** All relaxed and raw register accesses of a thread in their full forms, where there are several. */
export const proposeThreadAccessors: Proposer = (subject, platforms) => {
  const sites = proposeAccessors(subject, platforms);
  return subject.program.threads.flatMap((thread): Site[] => {
    const all = sites.flatMap(({ strongest }) => strongest).filter(isFull);
    const full = all.filter((each) => each.thread === thread.name);
    if (full.length < 2) return [];
    const edits = full.flatMap((each) => each.edits);
    const others = all.filter((each) => each.thread !== thread.name).flatMap((each) => each.edits);
    const id = `${thread.name}-accesses`;
    const names = [...new Set(full.map(({ operation }) => operation))].join(" and ");
    const words = `use ${names} for all ${full.length} register accesses of ${thread.name} that do without`;
    return [
      {
        strongest: [
          change({
            id,
            site: id,
            kind: "accessor",
            words,
            short: `use ${names} in ${thread.name}`,
            operation: names,
            thread: thread.name,
            edits,
            helped: others.length === 0 ? undefined : { edits: [...edits, ...others], helpAlone: others },
            covers: full.map(({ id: each }) => each),
          }),
        ],
        weaker: [],
      },
    ];
  });
};

/** What an access speaks of, for a sentence. */
function objectOf({ text, operation }: Written): string {
  const name = /\*\s*(\w+(?:\.\w+)?)|(\w+\.\w+)/.exec(text);
  const found = name?.[1] ?? name?.[2];
  if (found !== undefined) return `${operation.kind.includes("write") ? "the write of" : "the read of"} ${found}`;
  return `\`${text}\``;
}

function stronger({ operation, text, name }: Written): readonly Form[] {
  const call = name === undefined ? undefined : argumentsOf(text);
  switch (operation.kind) {
    case "read": {
      if (name === undefined || primitive(name)?.meaning.kind !== "read") {
        // `*x` in an expression.
        if (operation.accessor !== "plain_read" || name !== undefined || !/^\*|\[/.test(text)) return [];
        return [
          { name: "READ_ONCE", text: `READ_ONCE(${text})` },
          { name: "smp_load_acquire", text: `smp_load_acquire(${pointerTo(text)})` },
        ];
      }
      const argument = call?.[0];
      if (argument === undefined || operation.accessor === "smp_load_acquire") return [];
      if (operation.accessor === "atomic_read") return [{ name: "atomic_read_acquire", text: `atomic_read_acquire(${argument})` }];
      return [{ name: "smp_load_acquire", text: `smp_load_acquire(${pointerTo(argument)})` }];
    }
    case "write": {
      if (name === undefined || primitive(name)?.meaning.kind !== "write") {
        const parts = operation.accessor === "plain_write" ? /^([^=]*[^=!<>+\-*/&|^%\s])\s*=(?!=)\s*([\s\S]+)$/.exec(text) : null;
        const [, place, value] = parts ?? [];
        if (place === undefined || value === undefined || !/^\*|\[/.test(place)) return [];
        return [
          { name: "WRITE_ONCE", text: `WRITE_ONCE(${place}, ${value})` },
          { name: "smp_store_release", text: `smp_store_release(${pointerTo(place)}, ${value})` },
        ];
      }
      const [place, value] = call ?? [];
      if (place === undefined || value === undefined || operation.accessor === "smp_store_release") return [];
      if (operation.accessor === "atomic_set") return [{ name: "atomic_set_release", text: `atomic_set_release(${place}, ${value})` }];
      if (name === "smp_store_mb") return [];
      return [
        { name: "smp_store_mb", text: `smp_store_mb(${place}, ${value})`, apart: true },
        { name: "smp_store_release", text: `smp_store_release(${pointerTo(place)}, ${value})` },
      ];
    }
    case "pio-read":
    case "pio-write": {
      const full = name?.replace(/^__raw_/, "").replace(/_relaxed$/, "");
      if (name === undefined || full === undefined) return [];
      const relaxed = `${full}_relaxed`;
      const forms = name.startsWith("__raw_") ? [relaxed, full] : name === relaxed ? [full] : [];
      return forms.filter((form) => primitive(form) !== undefined).map((form) => ({ name: form, text: form + text.slice(name.length) }));
    }
    case "atomic": {
      const base = name?.replace(/_(relaxed|acquire|release)$/, "");
      if (name === undefined || base === undefined || operation.returns === "nothing" || name === base) return [];
      const forms = name.endsWith("_relaxed") ? [`${base}_acquire`, `${base}_release`, base] : [base];
      return forms.filter((form) => primitive(form) !== undefined).map((form) => ({ name: form, text: form + text.slice(name.length) }));
    }
    default:
      return [];
  }
}
