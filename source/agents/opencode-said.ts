import type {Said} from '../domain/transcript.ts';
import {list, record, text} from './unknown.ts';

/** Messages of a conversation that are asked for, the newest ones. */
const MESSAGES = 500;

export type SaidAt = {at: number | null; said: Said[]};

/** What was said in a conversation, as its API tells it. */
export async function opencodeSaid(get: (path: string) => Promise<unknown>, conversation: string): Promise<SaidAt[]> {
  const messages = list(await get(`/session/${conversation}/message?limit=${MESSAGES}`)).map(record);
  return messages.map(({info, parts}) => {
    const {role, time} = record(info);
    const created = record(time)['created'];
    const said = list(parts)
      .map(record)
      .flatMap(part => sayers[text(part['type'])]?.(part, role === 'user' ? 'user' : 'assistant') ?? []);
    return {at: typeof created === 'number' ? created : null, said};
  });
}

type Sayer = (part: Record<string, unknown>, role: 'user' | 'assistant') => Said[];

const sayers: Record<string, Sayer | undefined> = {
  text: (part, role) => {
    const words = text(part['text']);
    return words === '' || part['synthetic'] === true ? [] : [{id: text(part['id']), role, text: words, tool: null}];
  },
  tool: part => {
    const {input, output} = record(part['state']);
    const id = text(part['id']);
    const tool = text(part['tool']);
    const call: Said = {id, role: 'assistant', text: JSON.stringify(input ?? {}), tool};
    return text(output) === '' ? [call] : [call, {id, role: 'tool', text: text(output), tool}];
  },
};
