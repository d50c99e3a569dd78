import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {capturedScreen} from '../../source/agents/captured.ts';
import {choicesOf} from '../../source/agents/choices.ts';
import {agentOf, agents} from '../../source/agents/registry.ts';
import {encodeKeys} from '../../source/terminal/keys.ts';

const screens = join(import.meta.dirname, 'screens');
const screenOf = (agent: string, name: string) =>
  capturedScreen(readFileSync(join(screens, agent, name, 'screen.ansi'), 'utf8'));
const offered = (agent: string, name: string) =>
  agentOf(agent).read!(screenOf(agent, name)).choices.map(
    ({means, keys, label}) => `${means} ${keys.join(',')}: ${label}`,
  );

/** By agent and captured screen: what each line means, and the keys that were seen to choose it. */
const dialogs: Record<string, Record<string, string[]>> = {
  claude: {
    'trust-dialog': ['deny Enter: No, exit', 'allow Down,Enter: Yes, I trust this folder'],
    'bypass-first-run': ['deny Enter: No, exit', 'allow Down,Enter: Yes, I accept'],
    'permission-bash': [
      'allow 1: Yes',
      'always 2: Yes, and always allow access to /tmp from this project',
      'other 3: Yes, and switch to auto mode · auto mode handles these prompts for you',
      'deny 4: No',
    ],
    'exit-plan-mode': ['allow 1: Yes, and switch to default (ask each time) for this session', 'deny 2: No'],
    'plan-approval': [
      'always 1: Yes, and use auto mode',
      'allow 2: Yes, manually approve edits',
      'other 3: Tell Claude what to change shift+tab to approve with this feedback',
      'deny Escape: Keep planning',
    ],
    'ask-user-question': [
      'answer 1: Red',
      'answer 2: Blue',
      'other 3: Type something.',
      'other 4: Chat about this',
      'deny Escape: Cancel',
    ],
    'question-long-labels': [
      'answer 1: Red',
      'answer 2: Blue with a very long label that goes on and on so that it must wrap over more than one line of this terminal, does it not, and a third',
      'other 3: Type something.',
      'other 4: Chat about this',
      'deny Escape: Cancel',
    ],
    // Red is ticked there.
    'question-multi-select': ['answer Tab: Red', 'answer 1,2,Tab: Blue', 'deny Escape: Cancel'],
    'question-preview': ['answer Enter: Small', 'answer Down,Enter: Large', 'deny Escape: Cancel'],
    'question-review': ['answer 1: Submit answers', 'answer 2: Cancel'],
    'auto-mode-unchecked': [
      'answer Enter: Stay in auto mode',
      'answer S-Tab: Leave auto mode and stop this turn',
      'deny Escape: Cancel',
    ],
  },
  codex: {
    'trust-dialog': ['allow Enter: Trust and continue', 'deny Down,Enter: Back to Agent Command Center'],
    approval: [
      'allow 1: Yes, proceed (y)',
      "always 2: Yes, and don't ask again for commands that start with `touch /tmp/cx3-file` (p)",
      'deny 3: No, and tell Codex what to do differently (esc)',
    ],
  },
  gemini: {
    'trust-dialog': ['allow 1: Trust folder (gmproj)', 'always 2: Trust parent folder (cc2)', "deny 3: Don't trust"],
    permission: ['allow 1: Allow once', 'always 2: Allow for this session', 'deny 3: No, suggest changes (esc)'],
    'question-multi-select': [
      'answer 1,Tab: Red',
      'answer 2,Tab: Blue',
      'answer 3,Tab: All of the above',
      'deny Escape: Cancel',
    ],
    'question-yes-no': ['answer 1: Yes', 'answer 2: No', 'other 3: Enter a custom value', 'deny Escape: Cancel'],
    'question-text': ['deny Escape: Cancel'],
    'question-review': ['answer Enter: Submit', 'deny Escape: Cancel'],
  },
  opencode: {
    permission: ['allow Enter: Allow once', 'always Right,Enter,Enter: Allow always', 'deny Right,Right,Enter: Reject'],
    'permission-always-confirm': ['allow Enter: Confirm', 'deny Right,Enter: Cancel'],
    question: ['answer 1: Red', 'answer 2: Blue', 'other 3: Type your own answer', 'deny Escape: Dismiss'],
    'question-multi-select': ['answer 1,2,Tab: Red', 'answer Tab: Blue', 'deny Escape: Dismiss'],
    'question-confirm': ['answer Enter: Submit', 'deny Escape: Dismiss'],
  },
};

for (const [agent, cases] of Object.entries(dialogs)) {
  describe(`what the dialogs of ${agent} offer`, () => {
    for (const [name, expected] of Object.entries(cases)) {
      test(name, () => assert.deepEqual(offered(agent, name), expected));
    }
  });
}

test('the keys are counted from the line that is marked now', () => {
  const rows = capturedScreen(
    ' Do you trust it?\n\n   No, exit\n ❯ Yes, I trust this folder\n\n Enter to confirm',
  ).lines;
  const keys = choicesOf(rows, {kind: 'trust', choose: 'walk'}).map(each => each.keys);
  assert.deepEqual(keys, [['Up', 'Enter'], ['Enter']]);
});

test('a list in the text above a dialog is not what it offers', () => {
  const text = 'Steps:\n1. Yes, do it\n2. Then that\n\n Go on?\n ❯ 1. Yes\n   2. No\n';
  const labels = choicesOf(capturedScreen(text).lines, {kind: 'permission', choose: 'digit'}).map(({label}) => label);
  assert.deepEqual(labels, ['Yes', 'No']);
});

test('numbers that one key cannot type are walked to', () => {
  const lines = Array.from({length: 11}, (_, i) =>
    `${i === 9 ? '❯' : ' '} ${i + 1}. Item ${i + 1}`.replace(/^(. )(\d\.)/, '$1 $2'),
  );
  const choices = choicesOf(capturedScreen(lines.join('\n')).lines, {kind: 'question', choose: 'digit'});
  assert.deepEqual(choices.at(-1)?.keys, ['Down', 'Enter']);
  assert.deepEqual(choices.at(0)?.keys, ['1']);
});

test('a screen without a dialog offers nothing, and every key that is offered is one', () => {
  for (const {name, read} of agents) {
    if (read === null) continue;
    for (const each of readdirSync(join(screens, name))) {
      const screen = screenOf(name, each);
      const {dialog, choices} = read(screen);
      if (!dialog) assert.deepEqual(choices, [], each);
      for (const {keys} of choices) encodeKeys(keys, screen.modes);
    }
  }
});
