import type {Agent} from './agent.ts';
import {screenReader} from './screen-rules.ts';

export const codex: Agent = {
  name: 'codex',
  title: 'Codex CLI',
  command: 'codex',
  modelFlags: model => ['-m', model],
  yoloFlags: ['--dangerously-bypass-approvals-and-sandbox'],
  versionFlags: ['--version'],
  // 0 ms falls into its paste-burst detection, 20 ms is enough.
  enterDelayMs: 60,
  quietMs: 1000,
  chrome: /^› /,
  read: screenReader(
    [
      {rule: 'trust dialog', pattern: /1\. Trust and continue/, says: {waiting: 'trust'}},
      {rule: 'approval', pattern: /Would you like to (?<detail>[^\n]+)\?[\s\S]*1\. Yes/, says: {waiting: 'permission'}},
      {rule: 'choice', pattern: /^\s*(enter continue ·|press enter to confirm)/im, says: {waiting: 'question'}},
      {rule: 'esc to interrupt', pattern: /• [^\n]*esc to interrupt\)/, says: 'working'},
    ],
    /^› Ask Codex to do anything/m,
  ),
};
