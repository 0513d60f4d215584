/** Text for other formats. What stands in a test is anybody's: none of it may be read as markup or as a command. */

/** What XML 1.0 cannot hold at all, however it is written: control characters, lone surrogates, two non-characters. */
const notXml = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The text of an element. */
export const xmlText = (text: string): string =>
  text.replace(notXml, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");

/** The value of an attribute, which stands between double quotes. */
export const xmlAttribute = (text: string): string =>
  xmlText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");

/** The message of a GitHub workflow command (actions/toolkit, command.ts: escapeData). */
export const commandData = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

/** A property of a workflow command (escapeProperty). */
export const commandProperty = (text: string): string => commandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Text in a Markdown paragraph or a cell of a table: all its signs are signs. */
export const markdownText = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/[\\`*_{}[\]()#+!|~@]/g, "\\$&")
    .replace(/\s+/g, " ");

/** A block of code, fenced with more backquotes than it holds in a row. */
export function markdownBlock(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}\n`;
}
