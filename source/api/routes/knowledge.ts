import {z} from 'zod';
import {type MemoryFile, NOTE_MAX, NOTE_TAGS_MAX, NOTES_MAX, type NoteView} from '../../domain/knowledge.ts';
import {type Route, route} from '../route.ts';
import {count, seconds, shapeOf} from '../schemas/shape.ts';

const tag = z.string().min(1).max(64);
const note = shapeOf<NoteView>()(
  z
    .strictObject({
      id: z.string(),
      text: z.string(),
      author: z.string(),
      tags: z.array(z.string()),
      created_at: seconds,
    })
    .meta({id: 'Note'}),
);
const file = z.strictObject({file: z.string(), size: z.number().int(), updated_at: seconds});
const memoryFile = shapeOf<MemoryFile>()(file.meta({id: 'MemoryFile'}));
const memoryText = shapeOf<MemoryFile & {text: string}>()(file.extend({text: z.string()}).meta({id: 'MemoryText'}));

export const knowledgeRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/api/notes',
    role: 'viewer',
    summary: 'Notes, the newest first; `q`: with all these words',
    query: z.strictObject({
      q: z.string().max(1000).optional(),
      tag: tag.optional(),
      limit: count(NOTES_MAX).optional(),
    }),
    result: z.array(note),
    handler: (fleet, {query}) => fleet.notes(query),
  }),
  route({
    method: 'POST',
    url: '/api/notes',
    role: 'agent',
    summary: 'Tell the others what was found out',
    status: 201,
    body: z.strictObject({text: z.string().min(1).max(NOTE_MAX), tags: z.array(tag).max(NOTE_TAGS_MAX).optional()}),
    result: note,
    handler: (fleet, {body}) => fleet.addNote(body),
  }),
  route({
    method: 'GET',
    url: '/api/memory',
    role: 'viewer',
    summary: 'The files of the memory, by name',
    result: z.array(memoryFile),
    handler: fleet => fleet.memory(),
  }),
  route({
    method: 'GET',
    url: '/api/memory/:file',
    role: 'viewer',
    summary: 'One file of the memory',
    result: memoryText,
    handler: (fleet, {name}) => fleet.readMemory(name),
  }),
  route({
    method: 'PUT',
    url: '/api/memory/:file',
    role: 'agent',
    summary: 'Write a whole file of the memory, at most 256 KB',
    body: z.strictObject({text: z.string()}),
    result: memoryText,
    handler: (fleet, {name, body}) => fleet.writeMemory(name, body.text),
  }),
];
