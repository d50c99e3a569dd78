import {withArguments} from '../domain/argv.ts';
import type {Agent} from './agent.ts';
import {codexHistories} from './codex-histories.ts';
import {giveCodexMcp, ownCodexMcp} from './codex-mcp.ts';
import {codexTranscript} from './codex-transcript.ts';
import {inputLine} from './input-line.ts';
import {closed, spaced} from './literal.ts';
import {contentAbove, type ScreenLayout, screens} from './screen-rules.ts';
import {titleReader} from './titles.ts';

/** The status line under the input line is two rows: what follows further below it is a dialog. */
const FOOTER_ROWS = 4;

/** What the keys do in a list whose `Enter` is not the first of them; a narrow terminal wraps it. */
const LATER_KEYS = / · (?:enter|space) .* · esc \w+$/;

/** What the keys do in a list, which marks its lines as the input line is marked. */
const MENU_KEYS = /^\s*(?:press )?(?:enter|space) [^\n]*(?:·|to (?:confirm|select|continue))/i;

const closes = closed(/(?:^|\s)[@$]\S*$/);

const layout: ScreenLayout = {
  input(lines) {
    const at = lines.findLastIndex(line => /^[›!]( |$)/.test(line));
    if (at === -1 || /^› \d+\. /.test(lines[at]!)) return null;
    const below = lines.slice(at + 1).filter(line => line.trim() !== '');
    if (below.some(line => MENU_KEYS.test(line))) return null;
    if (LATER_KEYS.test(below.map(line => line.trim()).join(' '))) return null;
    // While it starts it draws one that takes no input, without its model below it.
    if (below.length === 1 && below[0]!.trim() === '? for shortcuts') return null;
    return below.length <= FOOTER_ROWS ? {above: at - 1, at} : null;
  },
  marker: /^[›!]\s?/,
  prompt: /^› \S/,
  placeholder: /^Ask Codex to do anything/,
};

export const codex: Agent = {
  name: 'codex',
  title: 'Codex CLI',
  command: 'codex',
  modelFlags: model => ['-m', model],
  yoloFlags: ['--dangerously-bypass-approvals-and-sandbox'],
  permissionModes: {
    'read-only': ['--ask-for-approval', 'on-request', '--sandbox', 'read-only'],
    'workspace-write': ['--ask-for-approval', 'on-request', '--sandbox', 'workspace-write'],
    never: ['--ask-for-approval', 'never', '--sandbox', 'workspace-write'],
  },
  versionFlags: ['--version'],
  knownVersions: ['0.169'],
  literal: text => closes(spaced(/^[/!@]/)(text)),
  // 0 ms falls into its paste-burst detection, 20 ms is enough.
  enterDelayMs: 60,
  commandDelayMs: 200,
  settleMs: 0,
  quietMs: 1000,
  content: contentAbove(layout, /^\s+Worked for /),
  asksForStatus: false,
  forgetsFailed: false,
  compactCommand: '/compact',
  compacted: null,
  readTitle: titleReader([
    {sign: /^[\u2801-\u28ff]/, state: 'working'},
    {sign: /^\[ [!.] \]/, state: 'blocked', kind: 'permission'},
  ]),
  // Its shared server would be a child of the first session, and end the others with that one.
  equip: ({argv}) => ({argv: alone(argv), env: {}, files: {}}),
  mcp: {own: ownCodexMcp, give: giveCodexMcp},
  readHook: null,
  answerHook: null,
  readStream: null,
  transcript: codexTranscript,
  usage: codexHistories,
  stateFile: null,
  // Without a directory it asks which one to work in.
  resumeFlags: (id, dir) => ['resume', id, '-C', dir],
  fork: async ({conversation, dir}) => ({flags: ['fork', conversation, '-C', dir], conversation: null}),
  interrupt: {keys: ['Escape'], clean: ['C-c']},
  input: inputLine(layout),
  ...screens(layout, [
    {
      rule: 'trust dialog',
      in: 'bottom',
      pattern: /(?:Folder access\s+(?<detail>\S[^\n]*)[\s\S]*)?1\. (Trust and continue|Yes, (continue|allow))/,
      // The number of the marked line does nothing there.
      says: {dialog: 'trust', choose: 'walk'},
    },
    {
      rule: 'login',
      in: 'bottom',
      pattern: /(?<detail>Choose how you want to use Codex|Sign in another way|Paste or type your API key)/,
      says: {dialog: 'login'},
    },
    {
      rule: 'approval',
      in: 'bottom',
      pattern: /Would you like to [^?]{1,200}\?[\s\S]*?\n\s*(?<detail>\$ [\s\S]+?)\n[› ] 1\. Yes/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'approval',
      in: 'bottom',
      pattern:
        /(?<detail>(?:Would you like to|Do you want to approve)[^?]{1,200}\?|[^\n]* needs your approval\.)[\s\S]*1\. (?:Yes|Allow|Approve)/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'plan approval',
      in: 'bottom',
      pattern: /(?<detail>Implement this plan\?)[\s\S]*1\. Yes/,
      says: {dialog: 'plan'},
    },
    {
      // Its head may stand far above.
      rule: 'approval',
      in: 'bottom',
      pattern: /1\. Yes[\s\S]*\d\. No, and tell\s+Codex[\s\S]*esc to\s+cancel\s*$/,
      says: {dialog: 'permission'},
    },
    {
      // What the tool is given stands between the question and the list.
      rule: 'MCP permission',
      in: 'bottom',
      pattern:
        /(?<detail>Allow the [^\n]{1,100} MCP server to run tool [^?]{1,300}\?(?:\n(?!\s*[› ] \d\. )[^\n]*){0,20})\n\s*› \d\. [\s\S]*enter to submit/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'question',
      in: 'bottom',
      pattern: /Question \d+\/\d+[^\n]*\n(?<detail>[\s\S]+?)\n\s*› \d\. [\s\S]*enter to submit/,
      says: {dialog: 'question', cancel: 'Interrupt'},
    },
    {
      rule: 'question',
      in: 'bottom',
      pattern: /(?<detail>Question \d+\/\d+[\s\S]+?)\n[^\n]*enter to submit/,
      says: {dialog: 'question', cancel: 'Interrupt'},
    },
    {
      rule: 'menu',
      in: 'bottom',
      pattern:
        /\b(?:enter|space) (?:select|save|toggle|resume|open|details|edit)\b[^\n]*(?:\n +[^\n]*)?\besc \w+|\n +esc back\s*$|press enter to select|k keep & next · esc dismiss/i,
      says: 'menu',
    },
    {rule: 'pager', in: 'bottom', pattern: /↑\/↓ to scroll[^\n]*\s+q close\s*$|enter open {2}n new\s*$/, says: 'skip'},
    {
      // Its heading is the first line of the paragraph above the list.
      rule: 'choice',
      in: 'screen',
      pattern:
        /(?:^(?: *\n)?|\n *\n)(?<detail>[^\n]*\S)(?:\n[^\n]*\S){0,8}\n(?: *\n)?[› ] 1\. (?:[^\n]*\n){1,40}?[^\n]*(?:enter continue|press\s+enter\s+to\s+(?:confirm|continue)|enter confirm)/i,
      says: {dialog: 'question'},
    },
    {rule: 'shell mode', in: 'footer', pattern: /\bShell mode\s*$/m, says: 'menu'},
    {rule: 'history search', in: 'footer', pattern: /^ *reverse-i-search:/m, says: 'menu'},
    {rule: 'find', in: 'footer', pattern: /^ *Find: [^\n]*\n[\s\S]*\besc cancel\s*$/m, says: 'menu'},
    {
      rule: 'completion list',
      in: 'around',
      pattern:
        /^[› ] \/[\w-]+ {2,}\S[\s\S]*\n› \/[\w-]*\n|\benter(?:\/tab)? insert · esc close[\s\S]*\n› [^\n]*[@$]\S*\n/m,
      says: 'list',
    },
    {rule: 'retrying', in: 'status', pattern: /^• [^\n]*\breconnecting\b[^\n]* \d+\/\d+ \(/im, says: 'working'},
    {rule: 'working', in: 'status', pattern: /^• [^\n]*\(\d+[hms][^\n]*\besc to interrupt\)/m, says: 'working'},
    {
      rule: 'context full',
      in: 'turn',
      pattern: /^■ (?<detail>[^\n]*(ran out of room|context window|maximum context)[^\n]*)/m,
      says: {waiting: 'context'},
    },
    {
      rule: 'limit',
      in: 'turn',
      pattern: /^■ (?<detail>[^\n]*(\b429\b|usage limit|rate limit|quota)[^\n]*)/im,
      says: {waiting: 'limit'},
    },
    {rule: 'error', in: 'turn', pattern: /^■ (?<detail>(?!Conversation interrupted)[^\n]+)/m, says: {waiting: 'error'}},
  ]),
};

function alone(argv: readonly string[]): string[] {
  return argv.some(word => word.includes('--no-daemon')) ? [...argv] : withArguments(argv, ['--no-daemon']);
}
