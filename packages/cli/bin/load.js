// Loads the bundle with what V8 made of it at the build, so that nothing has to be compiled again (docs/decisions/0012-bundle.md).
const { readFileSync } = require("node:fs");
const nodeModule = require("node:module");
const { join } = require("node:path");
const vm = require("node:vm");

/** A cache begins with what it was made from and by; V8's data stand behind. */
const HEAD = 128;

/** What the cache of a text has to begin with, under this Node. The first line of every file of the bundle is a digest of the rest. */
const headOf = (text) =>
  `${text.slice(0, text.indexOf("\n"))} ${process.version} ${process.platform} ${process.arch}`.slice(0, HEAD).padEnd(HEAD);

/** V8's data for a file of the bundle; undefined where there are none, or none of this text and this Node. */
function cacheOf(path, text) {
  try {
    const cache = readFileSync(`${path}.cache`);
    return cache.latin1Slice(0, HEAD) === headOf(text) ? cache.subarray(HEAD) : undefined;
  } catch {
    return undefined;
  }
}

/** A file of the bundle, compiled, or taken from its cache. Its text is ASCII: the build sees to that. */
function compile(path) {
  const text = readFileSync(path, "latin1");
  const cachedData = cacheOf(path, text);
  const script = new vm.Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, { filename: path, cachedData });
  return { script, head: headOf(text), cached: cachedData !== undefined && script.cachedDataRejected === false };
}

/** Modules of Node's that most runs never ask anything. */
const LATER = ["node:child_process", "node:crypto", "node:worker_threads"];

/** A module that is loaded when it is asked for something. */
const later = (name) => new Proxy({}, { get: (_, key) => require(name)[key] });

/**
 * Runs a file of a folder, and what it requires there. Where V8 has no data for it, or does not take them (another Node, other flags), Node loads the files as it loads any. With `compiled`
 * it does not: there the scripts are collected by path, for the build to write the caches.
 */
function loadBundle(folder, entry, compiled) {
  const first = compile(join(folder, entry));
  if (!first.cached && compiled === undefined) {
    // Node 22.8 and later keep such data themselves, from one run to the next.
    nodeModule.enableCompileCache?.();
    return require(join(folder, entry));
  }
  const loaded = new Map();
  const load = (file, { script, head }) => {
    const path = join(folder, file);
    const module = { exports: {} };
    loaded.set(file, module);
    compiled?.set(path, { script, head });
    const requireHere = (name) => {
      if (LATER.includes(name)) return later(name);
      if (!name.startsWith("./")) return require(name);
      const known = loaded.get(name.slice(2));
      return known === undefined ? load(name.slice(2), compile(join(folder, name))) : known.exports;
    };
    script.runInThisContext()(module.exports, requireHere, module, path, folder);
    return module.exports;
  };
  return load(entry, first);
}

module.exports = { loadBundle };
