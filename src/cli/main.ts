#!/usr/bin/env node
import { catalog } from './catalog.ts'
import { runProgram } from './program.ts'
import { processWorld } from './terminal.ts'

// The code is set and not exited with: what was written to a pipe must still get there.
process.exitCode = await runProgram(process.argv.slice(2), processWorld(), catalog)
