import type {Agent} from './agent.ts';
import {screenReader} from './screen-rules.ts';

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  command: 'claude',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--dangerously-skip-permissions'],
  versionFlags: ['--version'],
  enterDelayMs: 50,
  quietMs: 1000,
  chrome: /^─{20,}/,
  read: screenReader(
    [
      {rule: 'trust dialog', pattern: /Yes, I trust this folder/, says: {waiting: 'trust'}},
      {rule: 'bypass warning', pattern: /Yes, I accept\s+Enter to confirm/, says: {waiting: 'permission'}},
      {rule: 'permission', pattern: /Do you want to [^\n]+\?\s+❯? ?1\. Yes/, says: {waiting: 'permission'}},
      {rule: 'question', pattern: /Enter to select · .*Esc to cancel/, says: {waiting: 'question'}},
      {rule: 'menu', pattern: /(Enter to (save|confirm|select)|to navigate).*Esc to (cancel|close|exit)/, says: 'menu'},
      // The input box stays on screen while it works; only this hint tells.
      {rule: 'esc to interrupt', pattern: /· esc to interrupt/, says: 'working'},
    ],
    // The marker is followed by a no-break space on an empty composer.
    /^❯[\s\u00a0]*$|^❯[\s\u00a0]+(Try "|Press up to edit)/m,
  ),
};
