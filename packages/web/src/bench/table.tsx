/** A dialog with the whole table that a rule stands in. */
import { signal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { lookups } from "../engine/lane.js";
import type { CellView, PlatformView } from "../engine/protocol.js";
import { tableOf } from "./rules.js";
import { Source } from "./source.js";

const view = signal<PlatformView | undefined>(undefined);

/** The rows of a table; the first that matches decides. */
export function TableRows({
  cells,
  platform,
  chosen,
}: {
  readonly cells: readonly CellView[];
  readonly platform: string;
  readonly chosen?: string | undefined;
}) {
  return (
    <table class="cells">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Younger</th>
          <th scope="col">may pass older</th>
          <th scope="col">where</th>
          <th scope="col">Answer</th>
        </tr>
      </thead>
      <tbody>
        {cells.map((cell, index) => {
          const now = cell.rule.id === chosen;
          return (
            <tr key={index} class={now ? "chosen" : ""} aria-current={now ? "true" : undefined}>
              <th scope="row">
                {cell.id}
                {cell.source === "" ? null : (
                  <p class="source">
                    <Source text={cell.source} />
                  </p>
                )}
              </th>
              <td>{kinds(cell.younger)}</td>
              <td>{kinds(cell.older)}</td>
              <td>{cell.when.join(", ")}</td>
              <td>
                <span class={`pass ${cell.pass}`}>{cell.pass}</span>{" "}
                <a
                  class="tests"
                  href={`#/catalogue?${new URLSearchParams({ platform, rule: cell.rule.id })}`}
                  aria-label={`Tests that ${cell.id} decides`}
                  title="Tests of the catalogue whose verdict this rule decides"
                >
                  tests
                </a>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const kinds = (list: readonly string[]): string => (list.length >= 6 ? "anything" : list.join(", "));

export function TableDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    const wanted = tableOf.value;
    if (wanted === undefined) return;
    void lookups
      .ask((engine) => engine.platform(wanted.platform))
      .then((found) => {
        view.value = found;
        dialog.current?.showModal();
        dialog.current?.querySelector(".chosen")?.scrollIntoView({ block: "center" });
      })
      .catch(() => undefined);
  });
  const wanted = tableOf.value;
  const found = view.value;
  const rule = wanted?.rule;
  const table = rule?.kind === "cell" ? found?.tables.find((each) => each.name === rule.table) : undefined;
  const places = found?.places.filter((each) => each.table === table?.name) ?? [];
  return (
    <dialog
      ref={dialog}
      class="table-dialog"
      onClick={(event) => {
        // A link in it leads elsewhere.
        if (event.target instanceof HTMLAnchorElement && event.target.hash.startsWith("#/")) dialog.current?.close();
      }}
      aria-labelledby="table-title"
      onClose={() => (tableOf.value = undefined)}
    >
      <header>
        <h2 id="table-title">
          {table !== undefined ? `Table ${table.name} of ${found?.fabric.name}` : `Window of ${found?.cpu.name ?? ""}`}
        </h2>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </header>
      <p class="faint">
        {table !== undefined
          ? `Who may pass whom in ${places.map((place) => `${place.id} (${place.title})`).join("; ")}. The first rule that matches decides.`
          : "Which access may be performed before an older one of its CPU. The first rule that matches decides; where none does, it may."}
      </p>
      <TableRows
        cells={table?.cells ?? (rule?.kind === "window" ? (found?.window ?? []) : [])}
        platform={wanted?.platform ?? ""}
        chosen={rule?.id}
      />
      {found === undefined ? null : (
        <p>
          <a href={`#/platform/${encodeURIComponent(found.name)}`}>Everything about {found.name}</a>
        </p>
      )}
    </dialog>
  );
}
