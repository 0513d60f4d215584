/** Finds a Chromium for the tests in a browser. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome", "/Applications/Google Chrome.app/Contents/MacOS"];

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** CHROMIUM_PATH if it is set, else the first that is installed; undefined where there is none. */
export function findChromium() {
  const asked = process.env.CHROMIUM_PATH;
  if (asked) return executable(asked) ? asked : undefined;
  const folders = [...(process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""), ...PLACES];
  for (const name of [...NAMES, "Google Chrome"]) {
    const found = folders.map((folder) => join(folder, name)).find(executable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Finds one, or as root on Debian and its kin tries to install one within three minutes. */
export function provideChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && !process.env.CHROMIUM_PATH && executable("/usr/bin/apt-get")) {
    console.log("No Chromium found; trying to install one (apt-get, at most three minutes) ...");
    const options = { stdio: "ignore", timeout: 180_000, env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    spawnSync("apt-get", ["update"], { ...options, timeout: 60_000 });
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  console.log("No Chromium: the tests in a browser are skipped. CHROMIUM_PATH names one that stands elsewhere.");
  return undefined;
}
