import {z} from 'zod';
import {NOTE_MAX, NOTE_TAGS_MAX, NOTES_MAX} from '../../domain/knowledge.ts';
import {type Tool, tool} from '../tool.ts';

const tag = z.string().min(1).max(64);
const file = z.string().min(1).max(120).describe('As project-conventions.md');

export const knowledgeTools: Tool[] = [
  tool({
    name: 'notes_add',
    description: 'Tell the other sessions what you found out.',
    input: z.strictObject({text: z.string().min(1).max(NOTE_MAX), tags: z.array(tag).max(NOTE_TAGS_MAX).optional()}),
    handler: (fleet, {input}) => fleet.addNote(input),
  }),
  tool({
    name: 'notes_search',
    description: 'What sessions told each other, the newest first.',
    input: z.strictObject({
      query: z.string().max(1000).optional().describe('Words that all have to stand in it'),
      tag: tag.optional(),
      limit: z.number().int().min(1).max(NOTES_MAX).optional(),
    }),
    handler: (fleet, {input: {query, ...filter}}) =>
      fleet.notes({...filter, ...(query === undefined ? {} : {q: query})}),
  }),
  tool({
    name: 'memory_read',
    description: 'A file of the memory that all sessions share; without a name, which files there are.',
    input: z.strictObject({file: file.optional()}),
    handler: async (fleet, {input}) =>
      input.file === undefined ? fleet.memory() : (await fleet.readMemory(input.file)).text,
  }),
  tool({
    name: 'memory_write',
    description: 'Write a whole file of the memory: read it first, and keep what the others wrote.',
    input: z.strictObject({file, text: z.string().max(256 * 1024)}),
    async handler(fleet, {input}) {
      const {text: _, ...written} = await fleet.writeMemory(input.file, input.text);
      return written;
    },
  }),
];
