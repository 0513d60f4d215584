/** Colours for the language: enough of its words to tell at a glance what is a device, an accessor, a condition. */
import { StreamLanguage, type StreamParser } from "@codemirror/language";
import { tags } from "@lezer/highlight";

interface State {
  /** Inside a comment: what ends it. */
  comment: "*/" | "*)" | undefined;
  /** In the init section or behind the bodies, `(*` opens a comment; within a body it is a dereference. */
  depth: number;
  first: boolean;
  head: boolean;
}

const TYPES =
  /^(int|int64_t|uint8_t|uint16_t|uint32_t|uint64_t|u8|u16|u32|u64|long|char|short|unsigned|void|volatile|const|struct|atomic_t|spinlock_t|mutex|bool)$/;
const CONTROL = /^(if|else|while|do|for|break|continue|return|on|user|cpu|in|ATOMIC)$/;
const DECLARES = /^(dma|mmio|port|config|device|thread|line|locations|filter)$/;
const TAIL = /^(exists|forall|expect|source|order|true|false)$/;
const VERDICTS = /^(allowed|forbidden|depends|unknown)$/;
const BARRIER = /^(r?mb|wmb|smp_\w*mb\w*|dma_[rw]?mb|mmiowb|barrier|\w*fence\w*|udma_\w+|synchronize_\w+)$/;

const parser: StreamParser<State> = {
  name: "litmus",
  startState: () => ({ comment: undefined, depth: 0, first: true, head: true }),
  token(stream, state) {
    if (state.comment !== undefined) {
      const end = stream.string.indexOf(state.comment, stream.pos);
      if (end < 0) stream.skipToEnd();
      else {
        stream.pos = end + 2;
        state.comment = undefined;
      }
      return "comment";
    }
    if (stream.eatSpace()) return null;
    if (state.first) {
      state.first = false;
      stream.match(/^\S+/);
      return "keyword";
    }
    if (state.head && stream.sol() === false && stream.match(/^[^\s"{]+/)) {
      state.head = false;
      return "title";
    }
    state.head = false;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match("/*")) {
      state.comment = "*/";
      return "comment";
    }
    if (state.depth === 0 && stream.match("(*")) {
      state.comment = "*)";
      return "comment";
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
    if (stream.match(/^(0x[\da-fA-F]+|\d+)\b/)) return "number";
    const word = stream.match(/^[A-Za-z_][\w]*/) as RegExpMatchArray | null;
    if (word !== null) {
      const name = word[0];
      if (/^[PD]\d+$/.test(name) || name === "HOST") return "definition";
      if (TYPES.test(name)) return "type";
      if (CONTROL.test(name)) return "keyword";
      if (DECLARES.test(name)) return "declares";
      if (state.depth === 0 && TAIL.test(name)) return "keyword";
      if (state.depth === 0 && VERDICTS.test(name)) return "verdict";
      if (BARRIER.test(name)) return "barrier";
      if (stream.peek() === "(") return "call";
      return null;
    }
    if (stream.match(/^(\/\\|\\\/|=>|~)/)) return "operator";
    const char = stream.next();
    if (char === "{") state.depth++;
    if (char === "}") state.depth = Math.max(0, state.depth - 1);
    return char !== undefined && /[{}()[\];,]/.test(char) ? "punctuation" : "operator";
  },
  tokenTable: {
    title: tags.heading,
    definition: tags.definition(tags.variableName),
    type: tags.typeName,
    declares: tags.modifier,
    call: tags.function(tags.variableName),
    barrier: tags.macroName,
    verdict: tags.atom,
  },
  languageData: { commentTokens: { line: "//", block: { open: "/*", close: "*/" } } },
};

export const litmus = StreamLanguage.define(parser);
