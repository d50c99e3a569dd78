import {z} from 'zod';
import type {FileDiff, WorkspaceDiff} from '../../domain/diff.ts';
import {shapeOf} from './shape.ts';

const count = z.number().int().min(0);
const range = z.tuple([count, count]);
const sizes = z.strictObject({from: count.nullable(), to: count.nullable()});

const fileDiff = shapeOf<FileDiff>()(
  z
    .strictObject({
      path: z.string(),
      before: z.string().nullable().describe('Of a renamed file, the path that it had'),
      change: z.enum(['added', 'removed', 'changed', 'renamed']),
      kind: z.enum(['text', 'binary', 'large', 'submodule', 'link']),
      modes: z.strictObject({from: z.string().nullable(), to: z.string().nullable()}).describe('Octal'),
      added: count.nullable().describe('Lines; null: not counted'),
      removed: count.nullable(),
      bytes: sizes.nullable().describe('Of what is not text'),
      header: z.array(z.string()).describe('What stands before the hunks in git’s own form'),
      hunks: z.array(
        z.strictObject({
          heading: z.string(),
          from: range.describe('First line and number of lines, before'),
          to: range.describe('The same, now'),
          lines: z.array(z.string()).describe('As in a unified diff'),
        }),
      ),
      encoding: z.enum(['utf8', 'latin1']).describe('What its bytes were read as'),
      cut: z.string().nullable().describe('What of it is not here'),
    })
    .meta({id: 'FileDiff'}),
);

export const workspaceDiff = shapeOf<WorkspaceDiff>()(
  z
    .strictObject({
      workspace: z.strictObject({id: z.string(), name: z.string(), path: z.string()}),
      branch: z.string().nullable(),
      base: z.string().describe('What it is compared with'),
      commit: z.string().nullable().describe('The last one that both have'),
      files: z.array(fileDiff),
      total: z.strictObject({files: count, added: count, removed: count}).describe('Also of what is left out'),
      cut: z.array(z.string()).describe('What is left out'),
    })
    .meta({id: 'WorkspaceDiff'}),
);
