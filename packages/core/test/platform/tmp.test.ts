import { test } from "vitest";
import { BUILTIN } from "/work/main/packages/core/src/platform/builtin.js";
import { findPlatform, library } from "/work/main/packages/core/src/platform/load.js";
test("load", () => { const l = library(BUILTIN); console.log([...l.cpus.keys()].join(), [...l.fabrics.keys()].join());
for (const m of l.machines.keys()) { const p = findPlatform(l, m); console.log(m, p?.cpu.window.length, p?.accessors.size, Object.entries(p!.fabric.tables).map(([k,v])=>k+v.length).join(), p!.options.map(o=>o.id).join()); }
const p = findPlatform(l,"sn2@2.6.24"); console.log(p!.fabric.mapping.map(x=>x.id).join());
});
