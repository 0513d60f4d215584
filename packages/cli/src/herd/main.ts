/** `fencepost herd` as a program of its own: what bin/fencepost.js starts. */
import { runProcess } from "../process.js";
import { herdCommand } from "./command.js";

void runProcess(() => herdCommand(process.argv.slice(3)));
