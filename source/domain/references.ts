/** `${NAME}` and `${NAME:-default}`; anything else, such as `$NAME`, is text. */
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** A variable that a text refers to; `fallback`: what stands for it where it is unset or empty. */
export type Reference = {name: string; fallback: string | undefined};

/** The text with each reference replaced. */
export const replaceReferences = (text: string, value: (reference: Reference) => string): string =>
  text.replace(REFERENCE, (_, name: string, fallback: string | undefined) => value({name, fallback}));

/** In the order in which they stand there. */
export const referencesIn = (texts: readonly string[]): Reference[] =>
  texts.flatMap(text => [...text.matchAll(REFERENCE)].map(([, name, fallback]) => ({name: name!, fallback})));

/** The names of the variables that these texts refer to. */
export const namesIn = (texts: readonly string[]): string[] => [...new Set(referencesIn(texts).map(({name}) => name))];
