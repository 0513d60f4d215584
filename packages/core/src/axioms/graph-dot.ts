/** An event graph for dot. */
import type { EventGraph } from "./graph.js";

const COLOURS: Readonly<Record<string, string>> = {
  po: "black",
  rf: "darkgreen",
  co: "blue",
  fr: "darkorange",
  addr: "purple",
  data: "purple",
  ctrl: "purple",
  rmw: "brown",
};

/** DOT with one cluster per thread; positions are dot's. */
export function graphDot(graph: EventGraph): string {
  const quote = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const lines = [
    `digraph ${quote(graph.title)} {`,
    `  label=${quote([graph.title, ...graph.notes].join("\\n")).replaceAll("\\\\n", "\\n")};`,
  ];
  lines.push("  node [shape=box, fontname=monospace, fontsize=11];", "  edge [fontname=monospace, fontsize=10];", "  splines=spline;");
  for (let thread = -1; thread < graph.threads; thread++) {
    const own = graph.nodes.flatMap((node, index) => (node.thread === thread ? [{ node, index }] : []));
    if (own.length === 0) continue;
    if (thread >= 0) lines.push(`  subgraph cluster_P${thread} {`, `    label="P${thread}"; color=gray;`);
    for (const { node, index } of own) {
      const colour = node.onCycle ? ", color=red, penwidth=2" : "";
      lines.push(`    n${index} [label=${quote(`${node.label}: ${node.text}`)}${thread < 0 ? ", shape=plaintext" : ""}${colour}];`);
    }
    if (thread >= 0) lines.push("  }");
  }
  for (const [index, { from, to, name, kind, onCycle }] of graph.edges.entries()) {
    if (from === undefined) lines.push(`  i${index} [shape=none, label=""];`);
    const colour = onCycle ? "red" : (COLOURS[kind] ?? "indigo");
    const style = kind === "po" ? ", weight=8" : kind === "rf" || kind === "co" || kind === "fr" ? ", constraint=false" : "";
    lines.push(
      `  n${from} -> n${to} [label=${quote(name)}, color=${colour}, fontcolor=${colour}${onCycle ? ", penwidth=2.5" : ""}${style}];`,
    );
  }
  lines.push("}");
  return `${lines.join("\n")}\n`;
}
