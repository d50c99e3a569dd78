import {randomUUID} from 'node:crypto';
import type {Agent} from './agent.ts';
import {claudeHistories} from './claude-histories.ts';
import {answerClaudeHook, equipClaude, readClaudeHook} from './claude-hooks.ts';
import {giveClaudeMcp, ownClaudeMcp} from './claude-mcp.ts';
import {claudeStateFile, claudeTranscript} from './claude-transcript.ts';
import {inputLine} from './input-line.ts';
import {closed, introduced, spaced, staying} from './literal.ts';
import {contentAbove, type ScreenLayout, screens} from './screen-rules.ts';
import {titleReader} from './titles.ts';

const BORDER = /^─{20,}/;

const closes = closed(/(?:^|\s)@\S*$|\\$/);
const stays = staying(['exit', 'quit', ':q', ':q!', ':wq', ':wq!']);

const layout: ScreenLayout = {
  // The input line stands between the last two borders; several lines when the text has several.
  input(lines) {
    const below = lines.findLastIndex(line => BORDER.test(line));
    if (below < 2) return null;
    const above = lines.slice(0, below).findLastIndex(line => BORDER.test(line));
    const at = above + 1;
    return above !== -1 && below - above < 12 && /^[❯!>]/.test(lines[at] ?? '') ? {above: above - 1, at} : null;
  },
  marker: /^[❯>!]\s?/,
  prompt: /^❯ \S/,
  placeholder: /^(Try "|Press up to edit queued|Resend your message|Once fixed, resend)/,
};

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  command: 'claude',
  modelFlags: model => ['--model', model],
  yoloFlags: ['--dangerously-skip-permissions'],
  permissionModes: Object.fromEntries(
    ['manual', 'acceptEdits', 'auto', 'plan', 'dontAsk', 'bypassPermissions'].map(mode => [
      mode,
      ['--permission-mode', mode],
    ]),
  ),
  versionFlags: ['--version'],
  knownVersions: ['2.1'],
  literal: text => closes(stays(introduced(spaced(/^[!@#]/)(text)))),
  enterDelayMs: 50,
  commandDelayMs: 200,
  settleMs: 0,
  quietMs: 1000,
  content: contentAbove(layout, /^✻ .* for [\dhms ]+|· done \d/),
  asksForStatus: true,
  // "✳" stands there in a dialog, too: only its hooks, its files and its screen tell those apart.
  forgetsFailed: false,
  compactCommand: '/compact',
  compacted: null,
  readTitle: titleReader([
    {sign: /^[◐◑◒◓]/, state: 'working'},
    {sign: /^✳/, state: 'idle'},
  ]),
  equip: equipClaude,
  mcp: {own: ownClaudeMcp, give: giveClaudeMcp},
  readHook: readClaudeHook,
  answerHook: answerClaudeHook,
  readStream: null,
  transcript: claudeTranscript,
  usage: claudeHistories,
  stateFile: claudeStateFile,
  resumeFlags: id => ['--resume', id],
  async fork({conversation}) {
    const fresh = randomUUID();
    return {
      flags: ['--resume', conversation, '--fork-session', '--session-id', fresh],
      conversation: fresh,
    };
  },
  // Before any output, Escape puts the prompt back into the input line. A second C-c would end it.
  interrupt: {keys: ['Escape'], clean: ['C-c']},
  input: inputLine(layout),
  ...screens(layout, [
    {
      rule: 'trust dialog',
      in: 'bottom',
      pattern: /(?:Accessing workspace:\s+(?<detail>\S[^\n]*)[\s\S]*)?Yes, I trust this folder/,
      within: 4,
      says: {dialog: 'trust', choose: 'walk'},
    },
    {
      rule: 'bypass warning',
      in: 'bottom',
      pattern: /(?<detail>WARNING: [^\n]*)[\s\S]*Yes, I accept\s+Enter to confirm/,
      within: 4,
      says: {dialog: 'permission', choose: 'walk'},
    },
    {
      rule: 'MCP approval',
      in: 'bottom',
      pattern: /(?<detail>(?:\d+ n|N)ew MCP servers? found[^\n]*)[\s\S]*(?:Enable selected|Continue without)/,
      says: {dialog: 'mcp', choose: 'walk', cancel: 'Reject all'},
    },
    {
      rule: 'plan approval',
      in: 'bottom',
      pattern: /(?<detail>Ready to code\?|Exit plan mode\?|Would you like to proceed\?)[\s\S]*1\. Yes/,
      says: {dialog: 'plan', cancel: 'Keep planning'},
    },
    {
      // Title, then the input between two dotted lines, then the question.
      rule: 'permission',
      in: 'bottom',
      pattern: /─\n(?<detail> \S[^\n]*(?:\n(?! Do you want)[^\n]*)*)\n Do you want to [^?]{1,200}\?\s+❯? *1\. Yes/,
      says: {dialog: 'permission'},
    },
    {
      rule: 'permission',
      in: 'bottom',
      pattern: /(?<detail>Do you want to [^?]{1,200}\?)\s+❯? *1\. Yes/,
      says: {dialog: 'permission'},
    },
    {
      // What its automatic check could not look at: nothing is numbered, "No" comes first, and no hook tells of it.
      rule: 'unchecked permission',
      in: 'bottom',
      pattern:
        /─\n(?<detail> \S[^\n]*(?:\n(?! Do you want)[^\n]*)*)\n Do you want to [^?]{1,200}\?\s+❯? *No\s+❯? *Yes\b/,
      says: {dialog: 'permission', choose: 'walk'},
    },
    {
      // Behind a gateway that leaves its check out. Nothing is listed: each way has a key of its own.
      rule: 'auto mode without its check',
      in: 'bottom',
      pattern:
        /(?<detail>Auto mode can't check actions\s+in\s+this\s+session)\n[\s\S]*\bEnter\s+to\s+stay\s+in\s+auto\s+mode\b/,
      within: 4,
      says: {
        dialog: 'question',
        choose: 'none',
        also: [
          {label: 'Stay in auto mode', means: 'answer', keys: ['Enter']},
          {label: 'Leave auto mode and stop this turn', means: 'answer', keys: ['S-Tab']},
        ],
        cancel: 'Cancel',
      },
    },
    {
      rule: 'review of answers',
      in: 'bottom',
      pattern: /(?<detail>Review your answers[\s\S]*?)\n[❯ ] *1\. Submit/,
      says: {dialog: 'question'},
    },
    {
      // Beside a preview the lines are chosen by moving the mark: their numbers only move it, too.
      rule: 'question with preview',
      in: 'bottom',
      pattern:
        /(?:[☐☒→][^\n]*\n(?<detail>[^\n]+(?:\n(?![^\n]*[☐☒→])[^\n]+){0,8}?)|\n(?<line>[^\n]+))\n(?:❯| ) *1\. (?:[^\n]*\n){1,50}?Enter to select · [^\n]*n to add notes/,
      says: {dialog: 'question', choose: 'walk', cancel: 'Cancel'},
    },
    {
      rule: 'question',
      in: 'bottom',
      pattern:
        /(?:[☐☒→][^\n]*\n(?<detail>[^\n]+(?:\n(?![^\n]*[☐☒→])[^\n]+){0,8}?)|\n(?<line>[^\n]+))\n(?:❯| ) *1\. (?:[^\n]*\n){1,50}?Enter to select · /,
      says: {dialog: 'question', cancel: 'Cancel'},
    },
    {
      rule: 'login',
      in: 'bottom',
      pattern: /(?<detail>Select login method:|Detected a custom API key[^\n]*|Paste code here if prompted)/,
      says: {dialog: 'login', cancel: 'Cancel'},
    },
    {
      rule: 'confirmation',
      in: 'bottom',
      pattern: /(?:^|\n)(?<detail>[^\n]{1,300}\?)\n(?:[^\n]*\n){0,12}? *❯ *1\. Yes[\s\S]*Enter to confirm/,
      says: {dialog: 'question'},
    },
    // Views that the person opened end with what their keys do; only what the program asks is confirmed or cancelled.
    {
      rule: 'menu',
      in: 'menu',
      pattern:
        /(Enter to (save|select|view|set|apply|use|resume|continue)|to navigate|to select|to adjust|to switch)[^\n]*Esc to \w+|Esc to (close|exit|go back)\s*$/,
      says: 'menu',
    },
    {
      rule: 'dialog',
      in: 'bottom',
      pattern: /(?:(?:^|\n)(?<detail>[^\n]{1,300}\?)\n(?:[^\n]*\n){0,12}[^\n]*)?Esc to cancel\b[^\n]*$/,
      says: {dialog: 'question', cancel: 'Cancel'},
    },
    {rule: 'transcript', in: 'bottom', pattern: /Showing detailed (?:transcript · |t[a-z]*…$)/, says: 'skip'},
    {rule: 'shell mode', in: 'footer', pattern: /^\s*! for shell mode/m, says: 'menu'},
    {
      rule: 'completion list',
      in: 'around',
      pattern: /^ {2,}\/[\w:-]+(?: {2,}\S|$)[\s\S]*\n❯\s\/[\w:-]*$/m,
      says: 'list',
    },
    // The input line stays on screen while it works: only these tell.
    {
      rule: 'retrying',
      in: 'status',
      pattern: /^\S [^\n]* · retrying in [\dhms ]+ · attempt \d+\/\d+/m,
      says: 'working',
    },
    {rule: 'esc to interrupt', in: 'footer', pattern: /\besc to interrupt\b/, says: 'working'},
    {
      rule: 'background agent',
      in: 'status',
      // The line stays when it is over; what came since stands below it.
      pattern: /^\S Waiting for \d+ background (agent|task)(?![\s\S]*^● )/m,
      says: 'working',
    },
    // "✻ Crunching…" runs, "✻ Crunched for 12s" is over.
    {rule: 'spinner', in: 'status', pattern: /^[✻✶✳✢✽·∗*] \p{Lu}[\p{L}\p{M}'’ -]*…( |$)/mu, says: 'working'},
    // What ended a turn stands last in it; a turn that ends well ends with the time it took.
    {
      rule: 'context full',
      in: 'turn',
      pattern:
        /^ {0,2}[⎿●]\s+(?<detail>(?:Context limit reached|Prompt is too long|Conversation too long)[^\n]*)(?![\s\S]*\n✻ \S+ for \d)/m,
      says: {waiting: 'context'},
    },
    {
      rule: 'limit',
      in: 'turn',
      pattern:
        /^ {0,2}[⎿●]\s+(?<detail>API Error: (?:429|[^\n]*\(429\))[^\n]*|[^\n]*(?:usage limit reached|hit your[^\n]* limit|Credit balance is too low)[^\n]*)(?![\s\S]*\n✻ \S+ for \d)/im,
      says: {waiting: 'limit'},
    },
    {
      rule: 'login',
      in: 'turn',
      pattern: /^ {0,2}[⎿●]\s+(?<detail>[^\n]*(?:run \/login|Not logged in)[^\n]*)(?![\s\S]*\n✻ \S+ for \d)/m,
      says: {waiting: 'login'},
    },
    {
      rule: 'API error',
      in: 'turn',
      pattern: /^ {0,2}[⎿●]\s+(?<detail>API Error\b[^\n]*)(?![\s\S]*\n✻ \S+ for \d)/m,
      says: {waiting: 'error'},
    },
    {
      rule: 'API key',
      in: 'turn',
      pattern: /^ {0,2}[⎿●]\s+(?<detail>Invalid API key[^\n]*)(?![\s\S]*\n✻ \S+ for \d)/m,
      says: {waiting: 'error'},
    },
    {
      rule: 'lost answer',
      in: 'turn',
      pattern: /\[Your previous response had no visible output/,
      says: {waiting: 'error'},
    },
    {rule: 'failed turn', in: 'input', pattern: /^(Resend your message|Once fixed, resend)/, says: {waiting: 'error'}},
  ]),
};
