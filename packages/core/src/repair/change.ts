/** A change to a test: edits of its text that together are one thing an engineer would do. */
import type { Span } from "../source.js";

/** Puts `text` in the place of `span` of the original text; an empty span inserts. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
  /** Among insertions at one place, lower ones stand first. */
  readonly order: number;
  /** Several changes may ask for the same edit (a pair of braces); it is made once. */
  readonly shared: boolean;
}

/**
 * What kind of change it is. Nothing of `mapping`, `attribute`, `order` costs the CPU anything; the rest is in the order of the issue: accessors, barriers, the DMA API, a device's
 * flush, interrupts, register reads, polling.
 */
export type ChangeKind =
  | "mapping"
  | "attribute"
  | "order"
  | "register-mapping"
  | "accessor"
  | "barrier"
  | "sync"
  | "device-flush"
  | "interrupt"
  | "pio-read"
  | "poll"
  | "delay";

/** One change of a test's text. */
export interface Change {
  /** Unique among the candidates of a test. */
  readonly id: string;
  /** Changes of one site exclude each other: they are stronger and weaker forms of one thing. */
  readonly site: string;
  readonly kind: ChangeKind;
  /** What is done, in words that continue "To forbid it, …": `add dma_rmb() to P0, before line 16`. */
  readonly words: string;
  /** The same for the subject of a commit: `order the read of cq before that of data with dma_rmb()`. */
  readonly short: string;
  /** What is new in the program: `dma_rmb`, `write_barrier`, `readl`; empty where something is only taken away. */
  readonly operation: string;
  /** The thread or device that it is in; undefined for declarations. */
  readonly thread: string | undefined;
  readonly edits: readonly TextEdit[];
  /** Makes sense only beside this change. */
  readonly needs: string | undefined;
  /** Changes that this one contains, or that do the same with less: a set with this one is no better than a set with one of those. */
  readonly covers: readonly string[];
  /**
   * What may help only beside others. `edits`: made with all the help that it could get (an access that is put in: a full barrier on either side; a mapping: the same for every location);
   * `helpAlone`: that help without it.
   */
  readonly helped: { readonly edits: readonly TextEdit[]; readonly helpAlone: readonly TextEdit[] } | undefined;
}

/** Puts text at a place. */
export const insertion = (at: number, text: string, order = 1, shared = false): TextEdit => ({
  span: { start: at, end: at },
  text,
  order,
  shared,
});

/** Puts text in place of another. */
export const replacement = (span: Span, text: string): TextEdit => ({ span, text, order: 1, shared: false });
