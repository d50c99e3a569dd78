import {loadSettings} from '../../config/settings.ts';
import {BELL, desktopSequence, terminalShows} from '../../domain/notice-signal.ts';
import type {NoticeTrial} from '../../domain/notices.ts';
import type {Context, Run} from '../command.ts';

/** A trial through every channel, as it is configured: what the supervisor serves, and this terminal. */
export const test: Run = async context => {
  const {output} = context;
  const fleet = await context.fleet('write');
  const served = context.remote === null && (await fleet.health()).desktop;
  const trials = [...inTerminal(context, served), ...(await fleet.testNotices())];
  if (output.json) output.value(trials);
  else for (const {channel, ok, says} of trials) output.line(`${ok ? '✓' : '✗'} ${channel.padEnd(12)} ${says}`);
  return trials.every(({ok}) => ok) ? 0 : 1;
};

/** The same that a cockpit would write here. */
function inTerminal({paths, env}: Context, served: boolean): NoticeTrial[] {
  const {bell, desktop, on} = loadSettings(paths.config).settings.notices;
  const trials: NoticeTrial[] = [];
  const isTerminal = process.stderr.isTTY === true;
  const nowhere = 'a cockpit would; this is no terminal';
  if (bell.length === 0) trials.push({channel: 'bell', ok: true, says: 'off: notices.bell'});
  else {
    if (isTerminal) process.stderr.write(BELL);
    trials.push({channel: 'bell', ok: true, says: isTerminal ? `rang here, as for ${bell.join(', ')}` : nowhere});
  }
  if (desktop === 'off' || on.length === 0) return [...trials, {channel: 'desktop', ok: true, says: 'off'}];
  if (!terminalShows(desktop, {env, served})) return trials;
  const sequence = desktopSequence([{kind: 'waiting', text: 'this is a trial', session: null}], env);
  const inTmux = env['TMUX'] ? '; tmux hands it on with allow-passthrough on' : '';
  if (sequence === null)
    trials.push({channel: 'desktop', ok: true, says: `none: this terminal (${env['TERM']}) cannot`});
  else {
    if (isTerminal) process.stderr.write(sequence);
    trials.push({channel: 'desktop', ok: true, says: isTerminal ? `sent to this terminal${inTmux}` : nowhere});
  }
  return trials;
}
