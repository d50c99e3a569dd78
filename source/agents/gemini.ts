import type {Agent} from './agent.ts';
import {screenReader} from './screen-rules.ts';

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  command: 'gemini',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--yolo'],
  versionFlags: ['--version'],
  // Up to 20 ms after a paste, Enter becomes part of the text; 60 ms is enough, 150 ms is safe.
  enterDelayMs: 150,
  quietMs: 1000,
  chrome: /^─{20,}|^\s*\? for shortcuts/,
  read: screenReader(
    [
      {rule: 'restarting', pattern: /Gemini CLI is restarting/, says: 'working'},
      {rule: 'trust dialog', pattern: /● \d\. (Trust|Don't trust)|Do you trust the files/, says: {waiting: 'trust'}},
      {
        rule: 'approval',
        pattern: /(?<detail>Allow execution of[^\n?]*)\?[\s\S]*\d\. Allow once/,
        says: {waiting: 'permission'},
      },
      {rule: 'esc to cancel', pattern: /\(esc to cancel, [\dhms ]+\)/, says: 'working'},
    ],
    /^\s?[>*!]\s+Type your message/m,
  ),
};
