/** How a command becomes a process: its exit code, what it says of a wrong command line or a fault of ours, and a reader that goes away. */
import { EXIT, UsageError } from "./exit.js";

/** Runs a command and sets the exit code of this process. */
export async function runProcess(command: () => Promise<number>): Promise<void> {
  // A reader that has seen enough (`fencepost … | head`) is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`fencepost: ${error.message}\n`);
      process.exitCode = EXIT.usage;
      return;
    }
    process.stderr.write(
      `A fault of Fencepost, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = EXIT.fault;
  }
}
