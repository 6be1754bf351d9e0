#!/usr/bin/env node
import { catalog } from './catalog.ts'
import { runProgram } from './program.ts'
import { endWith, processWorld } from './terminal.ts'

await endWith(runProgram(process.argv.slice(2), processWorld(), catalog))
