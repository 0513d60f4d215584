/** Where a configuration is looked for, in each folder. Apart from config.ts, which costs more to load than most runs take. */

/** Its name: of the key in a package.json, and of the files. */
export const NAME = "fencepost";

/** Files that are configurations. */
export const CONFIG_FILES: readonly string[] = ["json", "js", "mjs", "cjs"].map((ending) => `${NAME}.config.${ending}`);
