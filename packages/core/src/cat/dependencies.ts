/**
 * Dependencies of models that derive them from events of registers (`catdep`, Arm's newest aarch64.cat). Tests in C have no such events; what they would give is known instead: `addr`, `data` and `ctrl`, syntactically.
 * Through registers a model finds just these; through memory it goes on by itself: from a write to the reads of its thread that follow it with no other write to the location between.
 */
import type { Graph, NodeId } from "./graph.js";

/** What a model that derives its dependencies misses in what it calls `addr`, `data` and `ctrl`. */
export function givenDependencies(graph: Graph): ReadonlyMap<string, NodeId> {
  const relation = (name: string): NodeId => graph.input("relation", name);
  const writes = graph.input("set", "W");
  const reads = graph.input("set", "R");
  const after = graph.restrictDomain(graph.intersection(relation("po"), relation("loc")), writes);
  const readAfter = graph.restrictRange(after, reads);
  const nextReads = graph.difference(readAfter, graph.compose(graph.restrictRange(after, writes), readAfter));
  // A value goes on where it leads to what is read, or to what is written and read again.
  const leads = graph.union(relation("addr"), relation("data"));
  const written = graph.restrictRange(graph.union(leads, relation("iico_data")), writes);
  const on = graph.plus(graph.union(graph.restrictRange(leads, reads), graph.compose(written, nextReads)));
  return new Map(["addr", "data", "ctrl"].map((name) => [name, graph.union(relation(name), graph.compose(on, relation(name)))]));
}
