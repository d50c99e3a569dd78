import type {Agent} from './agent.ts';
import {screenReader} from './screen-rules.ts';

export const opencode: Agent = {
  name: 'opencode',
  title: 'opencode',
  command: 'opencode',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--auto'],
  versionFlags: ['--version'],
  enterDelayMs: 60,
  quietMs: 1000,
  chrome: /^ {1,4}[┃▣]/,
  read: screenReader(
    [
      {rule: 'permission', pattern: /△ Permission required/, says: {waiting: 'permission'}},
      {rule: 'esc interrupt', pattern: /\besc (again to )?interrupt\b/, says: 'working'},
    ],
    // The box names agent and model under an empty line; "Ask anything" stands there before the first prompt.
    /┃\s+Ask anything|┃\s*\n\s*┃\s+\S+ · [^\n]+\n\s*╹▀/,
  ),
};
