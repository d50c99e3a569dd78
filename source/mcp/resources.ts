import {AmuxError} from '../domain/errors.ts';
import type {Fleet} from '../domain/fleet.ts';

type Listed = {uri: string; name: string; title?: string; mimeType: string};
type Content = {uri: string; mimeType: string; text: string};

/** A kind of resource: its address is `prefix` and an id. */
type Kind = {
  prefix: string;
  name: string;
  description: string;
  mimeType: string;
  list: (fleet: Fleet) => Promise<{id: string; title: string}[]>;
  read: (fleet: Fleet, id: string) => Promise<string>;
};

const kinds: readonly Kind[] = [
  {
    prefix: 'amux://board/',
    name: 'card',
    description: 'A card of the board, with its history',
    mimeType: 'application/json',
    list: async fleet => (await fleet.cards()).map(({id, title}) => ({id, title})),
    read: async (fleet, id) => JSON.stringify(await fleet.card(id), null, 2),
  },
  {
    prefix: 'amux://sessions/',
    name: 'session',
    description: 'The screen of a session',
    mimeType: 'text/plain',
    list: async fleet =>
      (await fleet.sessions()).map(({name, agent, status}) => ({id: name, title: `${agent}, ${status}`})),
    read: async (fleet, id) => (await fleet.peek(id)).output,
  },
];

export const templates = kinds.map(({prefix, name, description, mimeType}) => {
  return {uriTemplate: `${prefix}{${name}}`, name, description, mimeType};
});

export async function listResources(fleet: Fleet): Promise<Listed[]> {
  const lists = await Promise.all(
    kinds.map(async ({prefix, mimeType, list}) =>
      (await list(fleet)).map(({id, title}) => ({uri: prefix + encodeURIComponent(id), name: id, title, mimeType})),
    ),
  );
  return lists.flat();
}

/** Throws `input.invalid` for an address of no kind, and what the fleet says of an id. */
export async function readResource(fleet: Fleet, uri: string): Promise<Content> {
  const kind = kinds.find(({prefix}) => uri.startsWith(prefix));
  if (kind === undefined) {
    const known = templates.map(({uriTemplate}) => uriTemplate).join(', ');
    throw new AmuxError('input.invalid', {why: `no resource "${uri.slice(0, 200)}"`, next: `there are ${known}`});
  }
  return {uri, mimeType: kind.mimeType, text: await kind.read(fleet, decoded(uri.slice(kind.prefix.length)))};
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id; // A bare "%" stands for itself: it is in no id.
  }
}
