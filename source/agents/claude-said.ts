import type {Said} from '../domain/transcript.ts';
import {record, text, textOf} from './fields.ts';

type Entry = Record<string, unknown>;

/** Written into a conversation by the program itself. */
const MADE = /^<(local-command-caveat|local-command-stdout|task-notification|system-reminder)>/;
/** A pasted prompt stands in a wrapper. */
const PASTED = /^\s*<pasted_content [^>]*>\n([\s\S]*?)\n<\/pasted_content [^>]*>\s*$/;
const COMMAND = /^<command-name>([\s\S]*?)<\/command-name>[\s\S]*?<command-args>([\s\S]*?)<\/command-args>/;

/** What one line of Claude's history says. */
export function claudeSaid(line: unknown): Said[] {
  const entry = record(line);
  if (entry['isSidechain'] === true || entry['isMeta'] === true) return [];
  return (readers.get(text(entry['type'])) ?? nothing)(entry, text(entry['uuid']));
}

const nothing = (): Said[] => [];

const readers = new Map<string, (entry: Entry, id: string) => Said[]>([
  [
    'user',
    (entry, id) => {
      const {content} = record(entry['message']);
      const results = partsOf(content, 'tool_result').map(part => {
        const said = textOf(part['content']);
        return {id: text(part['tool_use_id']), role: 'tool' as const, text: said, tool: ''};
      });
      const said = textOf(content);
      return said === '' || MADE.test(said) ? results : [...results, prompt(id, said)];
    },
  ],
  [
    'assistant',
    (entry, id) => {
      const {content} = record(entry['message']);
      const calls = partsOf(content, 'tool_use').map(part => {
        const input = JSON.stringify(part['input'] ?? {});
        return {id: text(part['id']), role: 'assistant' as const, text: input, tool: text(part['name'])};
      });
      const said = textOf(content);
      return said === '' ? calls : [{id, role: 'assistant', text: said, tool: null}, ...calls];
    },
  ],
  [
    // What was typed while it worked, and taken into the turn.
    'attachment',
    (entry, id) => {
      const attachment = record(entry['attachment']);
      const said = attachment['commandMode'] === 'prompt' ? textOf(attachment['prompt']) : '';
      return attachment['type'] === 'queued_command' && said !== '' ? [prompt(id, said)] : [];
    },
  ],
]);

function prompt(id: string, said: string): Said {
  const [, command, args = ''] = COMMAND.exec(said) ?? [];
  const words = command === undefined ? (PASTED.exec(said)?.[1] ?? said) : `${command} ${args}`.trim();
  return {id, role: 'user', text: words, tool: null};
}

function partsOf(content: unknown, type: string): Entry[] {
  return Array.isArray(content) ? content.map(record).filter(part => part['type'] === type) : [];
}
