/** The language server that editors use, in a worker of the page. */
import { serveWorker } from "@fencepost/language-server/browser";

export function serveLanguage(): void {
  serveWorker(self as unknown as Parameters<typeof serveWorker>[0]);
}
