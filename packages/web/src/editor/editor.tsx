/** The test's editor. It stands in a shadow root: there its style sheets are adopted ones, which a strict content security policy allows. */
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Problem } from "@fencepost/core";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { reading, setText, text } from "../bench/state.js";
import { statementNow } from "../bench/statement.js";
import { litmus } from "./highlight.js";

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: tags.string, color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: tags.modifier, color: "var(--code-keyword)" },
  { tag: tags.typeName, color: "var(--code-type)" },
  { tag: tags.definition(tags.variableName), color: "var(--code-name)", fontWeight: "600" },
  { tag: tags.function(tags.variableName), color: "var(--code-call)" },
  { tag: tags.macroName, color: "var(--code-barrier)", fontWeight: "600" },
  { tag: tags.atom, color: "var(--code-number)" },
  { tag: tags.heading, fontWeight: "600" },
  { tag: tags.punctuation, color: "var(--code-faint)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--ground)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--faint)", border: "none", paddingLeft: "4px" },
  ".cm-activeLine": { backgroundColor: "var(--line-active)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line-active)", color: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--selection)", outline: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
    maxWidth: "min(520px, 90vw)",
    fontSize: "12.5px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionInfo": { backgroundColor: "var(--raised)", border: "1px solid var(--line)" },
  ".cm-diagnostic": { padding: "4px 8px", fontFamily: "var(--sans)" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--error)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warning)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--error)", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warning)", textUnderlineOffset: "3px" },
  ".cm-now": { backgroundColor: "var(--now)", borderRadius: "3px", boxShadow: "0 0 0 1px var(--now-line)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--text)" },
  ".cm-panels button, .cm-panels input": { font: "inherit" },
  ".cm-lsp-hover-tooltip, .cm-lsp-documentation": { padding: "6px 10px", lineHeight: "1.45" },
  ".cm-tooltip pre": { whiteSpace: "pre-wrap", margin: "4px 0" },
  ".cm-tooltip p": { margin: "4px 0" },
});

/** Marks the statement that the shown step is about. */
const markNow = StateEffect.define<{ readonly start: number; readonly end: number } | undefined>();
const nowMark = Decoration.mark({ class: "cm-now" });
const nowField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let result = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(markNow)) continue;
      const span = effect.value;
      const right = span !== undefined && span.start < span.end && span.end <= transaction.newDoc.length;
      result = right ? Decoration.set([nowMark.range(span.start, span.end)]) : Decoration.none;
    }
    return result;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const extras = new Compartment();

function diagnosticsOf(problems: readonly Problem[], length: number): Diagnostic[] {
  return problems.map(({ span, severity, message, hint }) => {
    const from = Math.max(0, Math.min(span.start, length));
    return { from, to: Math.max(from, Math.min(span.end, length)), severity, message: hint === undefined ? message : `${message}\n${hint}` };
  });
}

let shown: EditorView | undefined;

/** Adds what is loaded later: the language server's completion and hover. */
export function addExtras(extension: Parameters<Compartment["reconfigure"]>[0]): void {
  shown?.dispatch({ effects: extras.reconfigure(extension) });
}

export function Editor() {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);

  useEffect(() => {
    const root = host.current?.shadowRoot ?? host.current?.attachShadow({ mode: "open" });
    if (root === undefined) return;
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text.peek(),
        extensions: [
          lineNumbers(),
          highlightActiveLineGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          indentUnit.of("  "),
          litmus,
          syntaxHighlighting(colours),
          autocompletion({ icons: false }),
          nowField,
          theme,
          EditorView.contentAttributes.of({ "aria-label": "Litmus test", "aria-describedby": "editor-keys" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) setText(update.state.doc.toString());
          }),
          extras.of([]),
          // Escape, then Tab, leaves the editor.
          keymap.of([...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
        ],
      }),
    });
    view.current = made;
    shown = made;
    return () => {
      made.destroy();
      shown = undefined;
    };
  }, []);

  // A link or the catalogue has brought another test.
  useSignalEffect(() => {
    const wanted = text.value;
    const made = view.current;
    if (made === undefined || made.state.doc.toString() === wanted) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: wanted }, scrollIntoView: false });
  });

  useSignalEffect(() => {
    const problems = reading.value?.problems ?? [];
    const made = view.current;
    made?.dispatch(setDiagnostics(made.state, diagnosticsOf(problems, made.state.doc.length)));
  });

  useSignalEffect(() => {
    const span = statementNow.value;
    view.current?.dispatch({ effects: markNow.of(span) });
  });

  return <div class="editor" ref={host} />;
}
