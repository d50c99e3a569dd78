import type {Deeds} from '../deeds.ts';
import type {State} from '../state.ts';

/** One thing that may stand for an argument. */
export type Offer = {text: string; about: string};

export type Argument = {
  /** As the usage shows it: `NAME`. */
  name: string;
  optional?: true;
  /** To the end of the line: as many words as one likes, or all of it as one text. */
  rest?: 'words' | 'text';
  /** `before`: the words of the arguments before it. */
  offers?: (state: State, before: readonly string[]) => readonly Offer[];
};

/** Something that the palette does by its name. */
export type Command = {
  name: string;
  help: string;
  args: readonly Argument[];
  /** Why it cannot be done now; null when it can. */
  whyNot?: (state: State) => string | null;
  /** `given`: a word for each argument, a text as one. */
  run: (deeds: Deeds, given: readonly string[]) => void;
};

/** `send NAME TEXT`. */
export function usageOf({args}: Command): string {
  return args
    .map(({name, optional, rest}) => {
      const text = rest === 'words' ? `${name}…` : name;
      return optional ? `[${text}]` : text;
    })
    .join(' ');
}
