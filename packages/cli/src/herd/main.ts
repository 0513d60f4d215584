/** `fencepost herd` as a program of its own: what bin/fencepost.js starts. */
import { EXIT, UsageError } from "../exit.js";
import { herdCommand } from "./command.js";

async function main(): Promise<number> {
  try {
    return await herdCommand(process.argv.slice(3));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`fencepost: ${error.message}\n`);
      return EXIT.usage;
    }
    process.stderr.write(
      `A fault of Fencepost, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT.fault;
  }
}

// A reader that has seen enough (`fencepost herd … | head`) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await main();
