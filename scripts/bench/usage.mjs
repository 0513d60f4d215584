// Loaded into a process to be measured (node --import): at its end it writes what it has used, to the file that FENCEPOST_USAGE names. CPU time is the whole process's, Node's start included.
import { writeFileSync } from "node:fs";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(
    process.env.FENCEPOST_USAGE,
    JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: Math.round(maxRSS / 1024) }),
  );
});
