import type {Agent} from './agent.ts';
import {geminiHistories} from './gemini-histories.ts';
import {giveGeminiMcp, ownGeminiMcp} from './gemini-mcp.ts';
import {geminiTranscript} from './gemini-transcript.ts';
import {inputLine} from './input-line.ts';
import {closed, introduced, spaced} from './literal.ts';
import {contentAbove, type ScreenLayout, screens} from './screen-rules.ts';
import {titleReader} from './titles.ts';

/** Rows of the footer under the input line. */
const FOOTER_ROWS = 3;

const closes = closed(/(?:^|\s)@\S*$|\\$/);

const layout: ScreenLayout = {
  // A box of half blocks; prompts are echoed in such boxes, too, but nothing stands under the input line but its footer.
  input(lines) {
    const below = lines.findLastIndex(line => /^▀{20,}/.test(line));
    const above = lines.slice(0, Math.max(0, below)).findLastIndex(line => /^▄{20,}/.test(line));
    const under = lines.slice(below + 1).filter(line => line.trim() !== '');
    if (below === -1 || above === -1) return null;
    // A list of completions stands between the input line and its footer.
    if (under.length > FOOTER_ROWS && !/\bsandbox\b/.test(under.slice(-2).join(' '))) return null;
    if (under.some(line => /^[✦✕ℹ╭]/.test(line))) return null;
    return {above: above - 1, at: above + 1};
  },
  marker: /^\s?[>*!]\s*/,
  prompt: /^ [>*!] \S/,
  placeholder: /^Type your message/,
};

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  command: 'gemini',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--yolo'],
  permissionModes: Object.fromEntries(
    ['default', 'auto_edit', 'plan', 'yolo'].map(mode => [mode, ['--approval-mode', mode]]),
  ),
  versionFlags: ['--version'],
  knownVersions: ['0.61'],
  literal: text => closes(introduced(spaced(/^[!@]/)(text))),
  // Up to 20 ms after a paste, Enter becomes part of the text; 60 ms is enough, 150 ms is safe.
  enterDelayMs: 150,
  commandDelayMs: 600,
  // Its first input line stands for up to 0.8 s before the program is there.
  settleMs: 1000,
  quietMs: 1000,
  content: contentAbove(layout, /^\s*\? for shortcuts|^[─▄▀]{20,}|Shift\+Tab to|YOLO Ctrl/),
  asksForStatus: false,
  forgetsFailed: true,
  compactCommand: '/compress',
  // No event, file or hook of it tells.
  compacted: /Chat history compressed from \S+ to \S+ tokens/,
  readTitle: titleReader([
    {sign: /^◇/, state: 'idle'},
    {sign: /^[✦⏲]/, state: 'working'},
    {sign: /^✋/, state: 'blocked', kind: 'permission'},
  ]),
  equip: null,
  mcp: {own: ownGeminiMcp, give: giveGeminiMcp},
  readHook: null,
  answerHook: null,
  readStream: null,
  transcript: geminiTranscript,
  usage: geminiHistories,
  stateFile: null,
  resumeFlags: id => ['--resume', id],
  fork: null,
  interrupt: {keys: ['Escape'], clean: ['C-c']},
  input: inputLine(layout),
  ...screens(layout, [
    // The dialog stays on screen; the new process draws its input line before it takes any input, and its head after that.
    {
      rule: 'restarting',
      in: 'screen',
      pattern: /Gemini CLI is restarting[^\n]*(?![\s\S]*Gemini CLI v\d)/,
      says: 'working',
    },
    {
      rule: 'trust dialog',
      in: 'bottom',
      pattern: /Do you trust the files[\s\S]*?\d\. Trust folder \((?<detail>[^\n)]*)\)|\d\. (?:Trust|Don't trust)/,
      says: {dialog: 'trust'},
    },
    {
      // The last box that asks: a terminal that was resized still shows older ones.
      rule: 'approval',
      in: 'bottom',
      pattern:
        /│ \? (?<detail>[^\n│]+)(?=[\n│])(?:(?!│ \? )[\s\S])*?(?:Allow execution of|Apply this change|Do you want to proceed)(?:(?!│ \? )[\s\S])*?\d\. (?:Allow once|Yes)/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'approval',
      in: 'bottom',
      pattern: /(?<detail>Allow execution of[^\n?]*)\?|\d\. Allow once/,
      says: {dialog: 'permission'},
    },
    {
      // No tool and no hook tells of it: a path in a prompt leads out of the workspace.
      rule: 'read permission',
      in: 'bottom',
      pattern:
        /(?<detail>The following files are outside your workspace:[\s\S]*?)[│\s]*Do you want to allow this read\?[\s\S]*\d\. Yes/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'login',
      in: 'bottom',
      pattern: /How would you like to authenticate[^\n│]*|Enter Gemini API Key/,
      says: {dialog: 'login', cancel: 'Cancel'},
    },
    {
      rule: 'review of answers',
      in: 'bottom',
      pattern: /(?<detail>Review your answers:[\s\S]*?)[│\s]*Enter to submit · /,
      says: {
        dialog: 'question',
        choose: 'none',
        also: [{label: 'Submit', means: 'answer', keys: ['Enter']}],
        cancel: 'Cancel',
      },
    },
    {
      rule: 'question',
      in: 'bottom',
      pattern: /Answer Questions[│\s]+(?:←[^\n]*→[│\s]+)?(?<detail>[^\n│]+)[\s\S]*Esc to cancel/,
      says: {dialog: 'question', cancel: 'Cancel'},
    },
    {
      rule: 'menu',
      in: 'bottom',
      pattern: /(Enter to (select|confirm)|Press Esc to (close|cancel|exit)|esc to close|Resume: Enter [^\n]*Quit: q)/i,
      says: 'menu',
    },
    {rule: 'shell mode', in: 'status', pattern: /^\s*shell mode enabled \(esc to disable\)/m, says: 'menu'},
    {
      rule: 'completion list',
      in: 'around',
      // The box of a command that was sent looks the same, but another box comes after it.
      pattern: /^ [>*] (?:\/[\w :-]*|[^\n]*@\S*)\n▀{20,}\n (?!workspace\b)[^\n]+(?![\s\S]*\n [>*!] [^\n]*\n▀{20,})/m,
      says: 'list',
    },
    // Its title says Ready meanwhile.
    {rule: 'compressing', in: 'status', pattern: /^[\u2801-\u28ff] Compressing chat history/m, says: 'working'},
    {rule: 'esc to cancel', in: 'status', pattern: /^\s*[⠀-⣿] [^\n]*\(esc to cancel(, [\dhms ]+)?\)/m, says: 'working'},
    {
      rule: 'context full',
      in: 'turn',
      pattern: /^✕ (?<detail>[^\n]*(\n[^\n]+)?(token count|maximum number of tokens|context window)[^\n]*)/m,
      says: {waiting: 'context'},
    },
    {
      rule: 'limit',
      in: 'turn',
      pattern: /^✕ (?<detail>[^\n]*(\n[^\n]+)?("code":429|RESOURCE_EXHAUSTED|quota|[Rr]ate limit)[^\n]*)/m,
      says: {waiting: 'limit'},
    },
    // What is wrong with a command that the person typed is no failed turn.
    {rule: 'API error', in: 'turn', pattern: /^(?! [>*!] \/)[\s\S]*?\n✕ (?<detail>[^\n]+)/, says: {waiting: 'error'}},
    // On a small terminal the error itself, a long line of JSON, has left the screen.
    {rule: 'failed request', in: 'turn', pattern: /^ℹ (?<detail>This request failed)\./m, says: {waiting: 'error'}},
  ]),
};
