/** A test of the shipped catalogue, as the page knows it. */
export interface CatalogueTest {
  /** Its path, without the ending: `altix/cq-race`. */
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly doc: string;
  /** Platforms that it states verdicts for; `all` among them. */
  readonly stated: readonly string[];
  readonly sources: readonly string[];
  /** Number and title, where it is one of the real bugs. */
  readonly bug: string | undefined;
  readonly drivers: readonly string[];
  readonly text: string;
}
