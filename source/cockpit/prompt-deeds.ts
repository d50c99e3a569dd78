import type {Dialog} from './dialogs.ts';
import {meantIds} from './marks.ts';
import type {SessionDeeds} from './session-deeds.ts';
import type {Store} from './store.ts';
import {edit, fieldOf} from './text-field.ts';

export type PromptDeeds = {
  /** The prompt bar, for the marked sessions or the selected one. */
  openPrompt: () => void;
  sendPrompt: () => void;
  /** Whether the text waits for the end of a turn, or ends it. */
  toggleNow: () => void;
  /** A line up or down in the text; beyond its ends, what was sent before. */
  promptLine: (by: 1 | -1) => void;
  /** Among what was sent before; an empty one is none. */
  keepText: (text: string) => void;
};

type Options = {store: Store; sendTo: SessionDeeds['sendTo']; isLost: () => boolean};
type Prompt = Extract<Dialog, {kind: 'prompt'}>;

/** Texts that are kept to be sent again; of this run of the cockpit only. */
const KEPT = 100;

export function promptDeeds({store, sendTo, isLost}: Options): PromptDeeds {
  const {state, dispatch} = store;
  const past: string[] = [];
  const show = (dialog: Prompt): void => dispatch({type: 'dialog', dialog});
  const keepText = (text: string): void => {
    if (text.trim() === '') return;
    const known = past.indexOf(text);
    if (known !== -1) past.splice(known, 1);
    past.push(text);
    if (past.length > KEPT) past.shift();
  };

  return {
    keepText,

    openPrompt() {
      show({kind: 'prompt', to: meantIds(state()), field: fieldOf(), now: false, past: 0, draft: ''});
    },

    sendPrompt() {
      const {dialog} = state();
      if (dialog.kind !== 'prompt' || isLost()) return; // The text stays.
      const {to, field, now} = dialog;
      dispatch({type: 'dialog', dialog: {kind: 'none'}});
      if (field.text.trim() === '') return;
      keepText(field.text);
      sendTo(to, {text: field.text, ...(now ? {now} : {})});
    },

    toggleNow() {
      const {dialog} = state();
      if (dialog.kind === 'prompt') show({...dialog, now: !dialog.now});
    },

    promptLine(by) {
      const {dialog} = state();
      if (dialog.kind !== 'prompt') return;
      const moved = edit(dialog.field, {do: by === 1 ? 'down' : 'up'});
      if (moved !== dialog.field) {
        show({...dialog, field: moved});
        return;
      }
      const to = Math.max(0, Math.min(past.length, dialog.past - by));
      if (to === dialog.past) return;
      const draft = dialog.past === 0 ? dialog.field.text : dialog.draft;
      show({...dialog, past: to, draft, field: fieldOf(to === 0 ? draft : past.at(-to)!)});
    },
  };
}
