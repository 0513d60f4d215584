/** Markup from Markdown: text and its structure pass, nothing that acts or loads. */

const PASS: ReadonlySet<string> = new Set([
  "P",
  "BR",
  "HR",
  "UL",
  "OL",
  "LI",
  "CODE",
  "PRE",
  "EM",
  "STRONG",
  "DEL",
  "BLOCKQUOTE",
  "H1",
  "H2",
  "H3",
  "H4",
  "TABLE",
  "THEAD",
  "TBODY",
  "TR",
  "TH",
  "TD",
  "SPAN",
  "A",
]);

/** The same markup with every other element replaced by its text, and no attributes but the addresses of links and the classes of colours. */
export function sanitized(html: string): string {
  // A document of its own that runs and loads nothing.
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const clean = document.implementation.createHTMLDocument("");
  copy(parsed.body, clean.body, clean);
  return clean.body.innerHTML;
}

function copy(from: Node, to: Node, owner: Document): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.appendChild(owner.createTextNode(node.textContent ?? ""));
    if (!(node instanceof Element) && node.nodeType !== Node.ELEMENT_NODE) continue;
    const element = node as Element;
    if (element.tagName === "SCRIPT" || element.tagName === "STYLE" || element.tagName === "TEMPLATE") continue;
    if (!PASS.has(element.tagName)) {
      copy(element, to, owner);
      continue;
    }
    const made = owner.createElement(element.tagName);
    const address = element.tagName === "A" ? element.getAttribute("href") : null;
    if (address !== null && /^https?:\/\//.test(address)) {
      made.setAttribute("href", address);
      made.setAttribute("rel", "noreferrer noopener");
      made.setAttribute("target", "_blank");
    }
    if (element.tagName === "SPAN" && /^[\w -]*$/.test(element.className)) made.className = element.className;
    copy(element, made, owner);
    to.appendChild(made);
  }
}
