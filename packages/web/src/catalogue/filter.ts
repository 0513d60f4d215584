/** What of the catalogue is shown. */
import type { Rule } from "@fencepost/core/report";
import type { CatalogueTest } from "./test.js";

export interface Filter {
  readonly words: string;
  readonly subject: string;
  readonly bug: string;
  readonly driver: string;
  /** Tests that state something for it; with `verdict` or `rule`, the platform that those speak of. */
  readonly platform: string;
  readonly verdict: string;
  /** The rule of the platform that decides: its id. */
  readonly rule: string;
}

export const ALL: Filter = { words: "", subject: "", bug: "", driver: "", platform: "", verdict: "", rule: "" };

/** Filters that the text of a test alone answers; every word has to be somewhere in it. */
export function matches(test: CatalogueTest, filter: Filter): boolean {
  const asked = filter.verdict !== "" || filter.rule !== "";
  return (
    (filter.subject === "" || test.subject === filter.subject) &&
    (filter.bug === "" || test.bug === filter.bug) &&
    (filter.driver === "" || test.drivers.includes(filter.driver)) &&
    (asked || filter.platform === "" || test.stated.includes(filter.platform)) &&
    filter.words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => haystack(test).includes(word))
  );
}

const haystacks = new WeakMap<CatalogueTest, string>();

function haystack(test: CatalogueTest): string {
  let found = haystacks.get(test);
  if (found === undefined) {
    found = `${test.id} ${test.text}`.toLowerCase();
    haystacks.set(test, found);
  }
  return found;
}

/** As it stands in the address: `#/catalogue?driver=mthca`. */
export function filterOf(address: string): Filter {
  const query = new URLSearchParams(address.split("?")[1] ?? "");
  return Object.fromEntries(Object.keys(ALL).map((key) => [key, (query.get(key) ?? "").slice(0, 200)])) as unknown as Filter;
}

export function addressOf(filter: Filter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  return `#/catalogue${query.size === 0 ? "" : `?${query}`}`;
}

/** A rule of a platform that may decide. */
export interface RuleChoice {
  readonly label: string;
  readonly rule: Rule;
}
