/** The platforms: a list, and for each a page with its places as a graph and its tables with their sources. */
import { signal, useSignalEffect } from "@preact/signals";
import { Source } from "../bench/source.js";
import { TableRows } from "../bench/table.js";
import { lookups } from "../engine/lane.js";
import type { PlatformLine, PlatformView } from "../engine/protocol.js";
import { route } from "../route.js";
import { PlaceGraph } from "./graph.js";

const lines = signal<readonly PlatformLine[]>([]);
const view = signal<PlatformView | { readonly missing: string } | undefined>(undefined);

export function PlatformList() {
  useSignalEffect(() => {
    if (lines.value.length === 0)
      void lookups
        .ask((engine) => engine.platforms())
        .then((list) => {
          lines.value = list;
        });
  });
  const group = (title: string, list: readonly PlatformLine[]) => (
    <section>
      <h3>{title}</h3>
      <ul class="platform-list">
        {list.map(({ name, title: says }) => (
          <li key={name}>
            <a href={`#/platform/${encodeURIComponent(name)}`}>{name}</a> <span class="faint">{says}</span>
          </li>
        ))}
      </ul>
    </section>
  );
  return (
    <div class="sheet">
      <h2>Platforms</h2>
      <p>
        A platform is a CPU, a fabric and a kernel. Its places are where packets wait; each place has one table of who may pass whom, and
        every rule has its source. Any CPU goes with any fabric: <code>arm64+pci@5.1</code>.
      </p>
      {group(
        "Conforming",
        lines.value.filter((each) => each.conforming),
      )}
      {group(
        "With a defect, or older than the rules",
        lines.value.filter((each) => !each.conforming),
      )}
    </div>
  );
}

export function PlatformPage() {
  useSignalEffect(() => {
    const now = route.value;
    if (now.view !== "platform") return;
    const { name } = now;
    void lookups
      .ask((engine) => engine.platform(name))
      .then((found) => {
        view.value = found ?? { missing: name };
      });
  });
  const shown = view.value;
  if (shown === undefined) return <p class="message">…</p>;
  if ("missing" in shown)
    return (
      <p class="message error">
        There is no platform “{shown.missing}”. <a href="#/platforms">All platforms</a>
      </p>
    );
  return (
    <div class="sheet">
      <h2>{shown.name}</h2>
      <p>
        {shown.title}. CPU {shown.cpu.name}, fabric {shown.fabric.name}, kernel {shown.era};{" "}
        {shown.conforming ? "conforming" : "not conforming"}.{" "}
        <a href={`#/catalogue?platform=${encodeURIComponent(shown.name)}`}>Tests that speak of it</a>
      </p>
      <Places shown={shown} />
      {shown.options.length === 0 ? null : <Options shown={shown} />}
      {shown.tables.map((table) => (
        <section key={table.name} id={`table-${table.name}`}>
          <h3>Table {table.name}</h3>
          <TableRows cells={table.cells} platform={shown.name} />
        </section>
      ))}
      <Cpu shown={shown} />
      {shown.mapping.length === 0 ? null : <Mappings shown={shown} />}
      <Accessors shown={shown} />
    </div>
  );
}

interface Shown {
  readonly shown: PlatformView;
}

/** The places, as a graph and as a table. */
function Places({ shown }: Shown) {
  return (
    <section aria-labelledby="places-title">
      <h3 id="places-title">Places</h3>
      <PlaceGraph view={shown} />
      <table class="cells">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">What it is</th>
            <th scope="col">One per</th>
            <th scope="col">Table</th>
          </tr>
        </thead>
        <tbody>
          {shown.places.map((place) => (
            <tr key={place.id}>
              <th scope="row">{place.id}</th>
              <td>
                {place.title}
                <SourceLine text={place.source} />
              </td>
              <td>{place.per}</td>
              <td>
                <button type="button" class="link" onClick={() => document.getElementById(`table-${place.table}`)?.scrollIntoView()}>
                  {place.table}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="faint">
        {shown.fabric.coherent ? "CPU caches see DMA to streaming memory." : "CPU caches do not see DMA to streaming memory."}
      </p>
      <SourceLine text={shown.fabric.source} />
    </section>
  );
}

/** What no source settles. */
function Options({ shown }: Shown) {
  return (
    <section>
      <h3>Options: what no source settles</h3>
      {shown.options.map((option) => (
        <div key={option.id} class="reason">
          <p>
            <strong>{option.id}</strong> ={" "}
            {option.values.map((value) => (value === option.default ? `${value} (default)` : value)).join(" | ")}
          </p>
          <p>{option.question}</p>
          <SourceLine text={option.source} />
        </div>
      ))}
    </section>
  );
}

/** What the CPU says, and its window. */
function Cpu({ shown }: Shown) {
  return (
    <section>
      <h3>
        CPU {shown.cpu.name}: {shown.cpu.title}
      </h3>
      {shown.cpu.says.map((text) => (
        <p key={text}>{text}</p>
      ))}
      <SourceLine text={shown.cpu.source} />
      <TableRows cells={shown.window} platform={shown.name} />
    </section>
  );
}

/** What becomes of mapping requests. */
function Mappings({ shown }: Shown) {
  return (
    <section>
      <h3>Mappings: what becomes of a request</h3>
      <table class="cells">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Where</th>
            <th scope="col">Sets</th>
          </tr>
        </thead>
        <tbody>
          {shown.mapping.map((rule, index) => (
            <tr key={index}>
              <th scope="row">
                {rule.id}
                <SourceLine text={rule.source} />
              </th>
              <td>{rule.when.join(", ")}</td>
              <td>{rule.sets}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What each accessor turns into. */
function Accessors({ shown }: Shown) {
  return (
    <section>
      <h3>Accessors: what each turns into</h3>
      <table class="cells">
        <thead>
          <tr>
            <th scope="col">Accessor</th>
            <th scope="col">Turns into</th>
          </tr>
        </thead>
        <tbody>
          {shown.accessors.map((each) => (
            <tr key={each.name}>
              <th scope="row">
                <code>{each.name}</code>
              </th>
              <td>
                {each.text}
                <SourceLine text={each.source} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SourceLine({ text }: { readonly text: string }) {
  return text === "" ? null : (
    <p class="source">
      <Source text={text} />
    </p>
  );
}
