/** Names of the directories in one, hidden ones included; null: it is not there. */
export type ReadDirectories = (dir: string) => Promise<string[] | null>;

export type Place = {name: string; path: string};

/** What may be meant by a text: `text` is what stands in the field then. */
export type DirectoryOffers = {
  offers: {text: string; about: string}[];
  /** Why the text is none as it stands; null: it is one, or nobody knows. */
  wrong: string | null;
};

type Known = {
  /** Workspaces and directories of sessions, by the names that people know. */
  places: readonly Place[];
  /** Stands for `~`. */
  home: string | undefined;
  /** Null: the fleet's machine is another one. */
  read: ReadDirectories | null;
};

const OFFERS_MAX = 50;

/** A path is gone on with; any other text is the name of a workspace. */
export async function directoryOffers(text: string, {places, home, read}: Known): Promise<DirectoryOffers> {
  if (!isPath(text)) {
    const wanted = text.toLowerCase();
    const offers = places
      .filter(({name}) => name.toLowerCase().startsWith(wanted))
      .map(({name, path}) => ({text: path, about: name}));
    return {
      offers: unique(offers),
      wrong: text === '' ? null : 'a path begins with / or ~; tab completes the name of a workspace',
    };
  }
  const known = places
    .filter(({path}) => path.startsWith(text) && path !== text)
    .map(({name, path}) => ({text: path, about: name}));
  if (read === null) return {offers: unique(known), wrong: null};
  const cut = text.lastIndexOf('/') + 1;
  const [parent, part] = text === '~' ? ['~/', ''] : [text.slice(0, cut), text.slice(cut)];
  const names = await read(expandHome(parent, home));
  if (names === null || part === '') {
    const below = (names ?? []).filter(name => !name.startsWith('.')).map(name => ({text: parent + name, about: ''}));
    return {offers: names === null ? [] : unique(below), wrong: names === null ? missing(parent) : null};
  }
  if (names.includes(part)) return {offers: [], wrong: null};
  const found = names.filter(name => name.startsWith(part)).map(name => ({text: parent + name, about: ''}));
  return {offers: unique(found.length > 0 ? found : known), wrong: missing(text)};
}

const missing = (dir: string): string => `there is no directory ${dir}`;

export const isPath = (text: string): boolean => /^(?:\/|~(?:\/|$))/.test(text);

/** `~` is the home of this person. */
export const expandHome = (dir: string, home: string | undefined): string =>
  home !== undefined && /^~(?=\/|$)/.test(dir) ? home + dir.slice(1) : dir;

function unique(offers: readonly {text: string; about: string}[]): {text: string; about: string}[] {
  const byText = new Map(offers.map(offer => [offer.text, offer]));
  return [...byText.values()].sort((a, b) => (a.text < b.text ? -1 : 1)).slice(0, OFFERS_MAX);
}
