import type {Agent} from './agent.ts';
import {inputLine} from './input-line.ts';
import {closed, spaced, staying} from './literal.ts';
import {forkOpencode} from './opencode-fork.ts';
import {equipOpencode} from './opencode-launch.ts';
import {giveOpencodeMcp, ownOpencodeMcp} from './opencode-mcp.ts';
import {readOpencodeStream} from './opencode-stream.ts';
import {opencodeUsage} from './opencode-usage.ts';
import {contentAbove, type ScreenLayout, screens} from './screen-rules.ts';

const closes = closed(/(?:^|\s)@\S*$/);
const stays = staying(['exit', 'quit', ':q']);

const layout: ScreenLayout = {
  // The box ends with the agent and its model, then a rounded foot; its text stands above an empty line.
  input(lines) {
    const foot = lines.findLastIndex(line => /^\s*╹▀{10,}/.test(line));
    if (foot < 3) return null;
    const start = lines.slice(0, foot).findLastIndex(line => !/^\s*┃/.test(line));
    const inside = lines.slice(start + 1, foot);
    const text = inside.findIndex(line => line.replace(/^\s*┃/, '').trim() !== '');
    // Without a text the first line that holds something is the one with agent and model.
    const at = start + 1 + (text === -1 || text >= inside.length - 1 ? 0 : text);
    return {above: start, at};
  },
  marker: /^\s*┃\s*/,
  prompt: /^ {2}┃ {2}\S/,
  placeholder: /^(Ask anything|┃?$)/,
  // Beside a conversation, where the terminal is wide enough.
  panel: / {2}• OpenCode \d+\.\d/,
};

/**
 * The message of a failed turn: a box of its own above the turn's last line, which has no duration then. A box that
 * begins with `$` is what a command of the person printed.
 */
function failure(says: RegExp): RegExp {
  const box = String.raw`\n[ ┃]*\n *┃[ ┃]*\n *┃ {2}(?!\$ )(?<detail>(?:[^\n]*\n *┃ {2})*?[^\n]*(?:${says.source})[^\n]*(?:\n *┃ {2}\S[^\n]*)*)`;
  return new RegExp(String.raw`${box}\n *┃[ ┃]*\n *\n *▣ {2}\S+ · [^·\n]+\n *\n(?: *┃[^\n]*\n)+ *╹`);
}

export const opencode: Agent = {
  name: 'opencode',
  title: 'opencode',
  command: 'opencode',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--auto'],
  permissionModes: {auto: ['--auto']},
  versionFlags: ['--version'],
  knownVersions: ['1.18'],
  literal: text => closes(stays(spaced(/^[/!@]/)(text))),
  enterDelayMs: 60,
  commandDelayMs: 300,
  settleMs: 0,
  quietMs: 1000,
  content: contentAbove(layout, /^\s*▣ /),
  asksForStatus: false,
  forgetsFailed: false,
  compactCommand: '/compact',
  compacted: null,
  readTitle: null,
  equip: equipOpencode,
  mcp: {own: ownOpencodeMcp, give: giveOpencodeMcp},
  readHook: null,
  answerHook: null,
  readStream: readOpencodeStream,
  transcript: null,
  usage: opencodeUsage,
  stateFile: null,
  resumeFlags: id => ['-s', id],
  fork: forkOpencode,
  // The first Escape only asks for the second.
  interrupt: {keys: ['Escape', 'Escape'], clean: ['C-c']},
  input: inputLine(layout),
  ...screens(layout, [
    {
      rule: 'always allow',
      in: 'menu',
      pattern: /△ (?<detail>Always allow)\b/,
      says: {dialog: 'permission', choose: 'row'},
    },
    {
      rule: 'permission',
      in: 'menu',
      pattern: /△ Permission required\s*\n(?<detail>[\s\S]*?)(?:\n[┃\s]*Patterns[\s\S]*?)?\n[┃\s]*\n[┃\s]*Allow once/,
      says: {dialog: 'permission', choose: 'row', after: {always: ['Enter']}},
    },
    {
      rule: 'review of answers',
      in: 'bottom',
      pattern: /┃ {2}(?<detail>Review\n[\s\S]*?)[┃\s]*⇆ tab +enter submit +esc dismiss/,
      says: {
        dialog: 'question',
        choose: 'none',
        also: [{label: 'Submit', means: 'answer', keys: ['Enter']}],
        cancel: 'Dismiss',
      },
    },
    {
      rule: 'question',
      in: 'bottom',
      pattern:
        /(?:┃ {2}(?<detail>[^\s┃][^\n]*)\n(?:[┃\s]*\n)*[┃\s]*1\. [\s\S]*)?enter (?:submit|confirm|toggle) +esc dismiss/,
      says: {dialog: 'question', cancel: 'Dismiss'},
    },
    // A window over the screen: its title, and the key that closes it at its right edge.
    {rule: 'menu', in: 'screen', pattern: /^[^\n]*\S {6,}esc(?:\/enter)?(?: {2,}|$)/m, says: 'menu'},
    {rule: 'shell mode', in: 'footer', pattern: /\besc exit shell mode\b/, says: 'menu'},
    {
      rule: 'completion list',
      in: 'around',
      pattern: /┃ \S[^\n]*┃\n(?:[\s┃]*\n)?\s*┃ {2}(?:[^\n]* )?[/@][^\s]*\n/,
      says: 'list',
    },
    {rule: 'retrying', in: 'footer', pattern: /\[retrying (in|attempt)/, says: 'working'},
    {rule: 'esc interrupt', in: 'footer', pattern: /\besc (again to )?interrupt\b/, says: 'working'},
    {
      rule: 'context full',
      in: 'screen',
      pattern: failure(/context (?:window|length)|too long|maximum context/),
      says: {waiting: 'context'},
    },
    {
      rule: 'limit',
      in: 'screen',
      pattern: failure(/[Rr]ate limit|quota|usage limit|\b429\b/),
      says: {waiting: 'limit'},
    },
    {rule: 'error', in: 'screen', pattern: failure(/\S/), says: {waiting: 'error'}},
  ]),
};
