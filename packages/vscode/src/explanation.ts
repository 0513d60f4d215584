/** The page that an explanation is shown as. It has no script: what stands in a test cannot become one. */
import type { Explanation } from "@fencepost/language-server/protocol";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** What `btoa` takes: one character for each byte of UTF-8. */
function base64(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/** The whole page. `nonce` is new for each page; `source` is where the webview's own things come from. */
export function explanationPage(explanation: Explanation, file: string, nonce: string): string {
  const { platform, words, stated, text, svg } = explanation;
  // The picture is an image: nothing in it runs, and it loads nothing.
  const picture =
    svg === undefined
      ? ""
      : `<img class="ladder" alt="The run as a ladder diagram; the text below tells it" src="data:image/svg+xml;base64,${base64(svg)}">`;
  const expected =
    stated === undefined
      ? ""
      : stated.met
        ? `<span class="met">as the test states</span>`
        : `<span class="differs">the test states ${escaped(stated.verdict)}</span>`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(file)} on ${escaped(platform)}</title>
<style nonce="${nonce}">
body { padding: 0 1.2rem 1.2rem; color: var(--vscode-foreground); font-family: var(--vscode-font-family); }
h1 { font-size: 1.15rem; font-weight: 600; margin: 1rem 0 0.6rem; }
.verdict { padding: 0.1rem 0.5rem; border-radius: 3px; background: var(--vscode-badge-background); color: var(--vscode-badge-foreground); }
.met, .differs { font-size: 0.9rem; font-weight: 400; margin-left: 0.6rem; }
.differs { color: var(--vscode-errorForeground); }
.ladder { display: block; width: 100%; max-width: 800px; background: #fff; border-radius: 4px; }
pre { font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); line-height: 1.35; overflow-x: auto; }
</style>
</head>
<body>
<h1>${escaped(file)} on ${escaped(platform)}: <span class="verdict">${escaped(words)}</span>${expected}</h1>
${picture}
<pre>${escaped(text)}</pre>
<p><a href="command:fencepost.copyExplanation">Copy as Markdown</a></p>
</body>
</html>
`;
}
