/** The test's editor. It stands in a shadow root: there its style sheets are adopted ones, which a strict content security policy allows. */
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { signal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { account, reading, setText, text } from "../bench/state.js";
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

const later = new Compartment();

const extras = signal<typeof import("./extras.js") | undefined>(undefined);

/** What is selected in the page. The editor hears a little later of a selection that the browser made (select all, before the editor's own keys have come). */
function selectedIn(view: EditorView): { readonly from: number; readonly to: number } {
  const { root } = view;
  // Browsers without a selection of the shadow root's own: what the editor has heard of.
  const selection = "getSelection" in root && typeof root.getSelection === "function" ? (root.getSelection() as Selection | null) : null;
  if (selection === null || selection.rangeCount === 0) return view.state.selection.main;
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  if (!view.contentDOM.contains(startContainer) || !view.contentDOM.contains(endContainer)) return view.state.selection.main;
  return { from: view.posAtDOM(startContainer, startOffset), to: view.posAtDOM(endContainer, endOffset) };
}

/** Text typed over a selection. The browser would keep the look of what was there with inline styles, which the page's policy forbids, and complain; so it is not asked. */
function replaceSelected(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== "insertText" || event.data === null || event.isComposing) return false;
  const { from, to } = selectedIn(view);
  if (from === to) return false;
  event.preventDefault();
  const insert = view.state.toText(event.data);
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    userEvent: "input.type",
    scrollIntoView: true,
  });
  return true;
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
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          indentUnit.of("  "),
          litmus,
          syntaxHighlighting(colours),
          nowField,
          theme,
          EditorView.contentAttributes.of({ "aria-label": "Litmus test; Escape, then Tab leaves", tabindex: "0" }),
          EditorView.domEventHandlers({ beforeinput: replaceSelected }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) setText(update.state.doc.toString());
          }),
          later.of([]),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
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
    if (view.current !== undefined) extras.value?.underline(view.current, problems);
  });

  useSignalEffect(() => {
    const span = statementNow.value;
    view.current?.dispatch({ effects: markNow.of(span) });
  });

  // The first explanation is what everybody waits for; the rest comes after it.
  useSignalEffect(() => {
    if ((account.value === undefined && reading.value?.runs !== false) || extras.peek() !== undefined) return;
    void import("./extras.js").then((loaded) => {
      if (extras.peek() !== undefined) return;
      const ready = (): void => host.current?.setAttribute("data-language", "ready");
      view.current?.dispatch({ effects: later.reconfigure(loaded.extras(ready)) });
      extras.value = loaded;
    });
  });

  return <div class="editor" ref={host} />;
}
