/** Words of a filter by what they are about, in lower case. */
export type Words<Field extends string> = Record<Field | 'text', string[]>;

/** `fix project:shop tag:web`: words of a text, and of fields. A field stands for nothing until its value is begun. */
export function wordsIn<Field extends string>(filter: string, fields: readonly Field[]): Words<Field> {
  const words = Object.fromEntries([...fields, 'text'].map(field => [field, []])) as unknown as Words<Field>;
  for (const word of filter.toLowerCase().split(/\s+/).filter(Boolean)) {
    const field = fields.find(each => word.startsWith(`${each}:`));
    if (field === undefined) words.text.push(word);
    else if (word.length > field.length + 1) words[field].push(word.slice(field.length + 1));
  }
  return words;
}
