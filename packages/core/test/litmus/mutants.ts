/** Seeded damage to texts: what a slip of the hand, a bad merge or a hostile link would do to a test. */

/** Numbers below n, the same for the same seed (mulberry32). */
export function random(seed: number): (n: number) => number {
  let state = seed | 0;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * n);
  };
}

const words = [
  '(* *) /* */ // " { } ( ) [ ] ; , \\/ /\\ ~ = == => != * & P0( P0() D0. D0.x exists expect source filter 0:r1 int if else while for(',
  "do ATOMIC{ return é ∧ 99999999999 0x -> ++ -1 + @ dma( mmio struct __f{ a?b:c r0=(r1=2)",
];
const blanks = ["\0", "\u{1f600}", "\n", "\r\n", " ", "\t", "not ", "locations [", "int ", "C x\n{}\n"];
const scraps = [...words.join(" ").split(" "), ...blanks];

/** One to three changes: bytes deleted, inserted or replaced, lines deleted, doubled or exchanged, words exchanged, the end cut off. */
export function mutant(text: string, below: (n: number) => number): string {
  let result = text;
  for (let changes = 1 + below(3); changes > 0; changes--) result = change(result, below);
  return result;
}

function change(text: string, below: (n: number) => number): string {
  const start = below(text.length + 1);
  const end = Math.min(text.length, start + 1 + below(12));
  const scrap = scraps[below(scraps.length)] ?? "";
  switch (below(9)) {
    case 0:
      return text.slice(0, start) + text.slice(end);
    case 1:
      return text.slice(0, start) + scrap + text.slice(start);
    case 2:
      return text.slice(0, start) + scrap + text.slice(end);
    case 3:
      return below(4) === 0 ? text.slice(0, start) : text;
    case 4:
      return text.slice(0, start) + String.fromCharCode(below(128)) + text.slice(start + 1);
    case 5:
      return exchange(text, /(\n)/, below);
    case 6:
      return exchange(text, /\b/, below);
    default: {
      const lines = text.split("\n");
      const at = below(lines.length);
      const line = lines[at] ?? "";
      lines.splice(at, 1, ...(below(2) === 0 ? [] : [line, line]));
      return lines.join("\n");
    }
  }
}

function exchange(text: string, separator: RegExp, below: (n: number) => number): string {
  const parts = text.split(separator);
  const [a, b] = [below(parts.length), below(parts.length)];
  [parts[a], parts[b]] = [parts[b] ?? "", parts[a] ?? ""];
  return parts.join("");
}
