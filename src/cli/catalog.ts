import type { CatalogEntry } from './command.ts'

/** All commands, in the order of the help. A command's own files are loaded when it is called. */
export const catalog: readonly CatalogEntry[] = [
  {
    name: 'check',
    summary: 'say what a change of schemas would break, before it is deployed',
    load: async () => (await import('./gate/check-command.ts')).checkCommand,
  },
  {
    name: 'diff',
    summary: 'say what two versions of a schema differ in, and what that means for readers',
    load: async () => (await import('./gate/diff-command.ts')).diffCommand,
  },
  {
    name: 'lint',
    summary: 'say what in schemas will stand in the way later',
    load: async () => (await import('./gate/lint-command.ts')).lintCommand,
  },
  {
    name: 'explain',
    summary: 'say what is in a message, byte by byte',
    load: async () => (await import('./explain/explain-command.ts')).explainCommand,
  },
  {
    name: 'register',
    summary: 'register schema files, each under its subject',
    load: async () => (await import('./register/register-command.ts')).registerCommand,
  },
  {
    name: 'subjects',
    summary: 'list the subjects of a registry, and their versions',
    load: async () => (await import('./subjects/subjects-command.ts')).subjectsCommand,
  },
  {
    name: 'pull',
    summary: 'write the schemas of a registry into a lock file, or verify one',
    load: async () => (await import('./lock/pull-command.ts')).pullCommand,
  },
  {
    name: 'import',
    summary: 'move into another registry, with the IDs that messages carry',
    load: async () => (await import('./import/import-command.ts')).importCommand,
  },
  {
    name: 'config',
    summary: 'show or set the compatibility level of a subject, or of all',
    load: async () => (await import('./manage/config-command.ts')).configCommand,
  },
  {
    name: 'mode',
    summary: 'show or set what may be changed: READWRITE, READONLY, IMPORT',
    load: async () => (await import('./manage/mode-command.ts')).modeCommand,
  },
  {
    name: 'delete',
    summary: 'delete a subject or some of its versions',
    load: async () => (await import('./manage/delete-command.ts')).deleteCommand,
  },
  {
    name: 'registry',
    summary: 'serve a schema registry, with the REST API of Confluent',
    load: async () => (await import('./registry/registry-command.ts')).registryCommand,
  },
  {
    name: 'compact',
    summary: 'write the file of a file store anew, without what is of no use',
    load: async () => (await import('./compact/compact-command.ts')).compactCommand,
  },
  {
    name: 'completion',
    summary: 'print the completion script for bash, zsh or fish',
    load: async () => (await import('./completion/completion-command.ts')).completionCommand,
  },
  {
    name: 'help',
    summary: 'show help of the program or of a command',
    load: async () => (await import('./help-command.ts')).helpCommand,
  },
]
