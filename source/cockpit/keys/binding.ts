import type {Deeds} from '../deeds.ts';
import type {State} from '../state.ts';

/** Where a key means something: a screen, or the dialog that lies over it. */
export type Where =
  | 'fleet'
  | 'board'
  | 'approvals'
  | 'tokens'
  | 'events'
  | 'diff'
  | 'scrollback'
  | 'answer'
  | 'prompt'
  | 'reply'
  | 'comment'
  | 'filter'
  | 'search'
  | 'new-session'
  | 'fork'
  | 'budget'
  | 'card-title'
  | 'card'
  | 'claim'
  | 'model'
  | 'tags'
  | 'schedules'
  | 'confirm'
  | 'palette'
  | 'help'
  | 'message';

export type Binding = {
  id: string;
  /** The first one is shown. */
  keys: readonly string[];
  where: readonly Where[];
  /** One or two words for the footer. */
  label: string | ((state: State) => string);
  /** What it does, for help and README. */
  help: string;
  /** Place in the footer, lower first; without it the key is only in the help. */
  footer?: number;
  /** What the footer shows instead of the first key, where keys go together; null: another key's hint tells of it. */
  footerKey?: (state: State) => string | null;
  /** false: the key means nothing at the moment and is not shown. */
  when?: (state: State) => boolean;
  /** Why it cannot be done now; null when it can. */
  whyNot?: (state: State) => string | null;
  /** It answers a request: palette and help never choose its line by themselves. */
  answers?: true;
  run: (deeds: Deeds) => void;
};
