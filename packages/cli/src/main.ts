#!/usr/bin/env node
process.stdout.write("usage: fencepost <command> [options]\n");
