/** The script of the server's process. */
import { serveStdio } from "@fencepost/language-server";

serveStdio();
