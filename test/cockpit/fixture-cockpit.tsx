import {spawn} from 'node:child_process';
import {renameSync, writeFileSync} from 'node:fs';
import {editDraft} from '../../source/cli/edit-draft.ts';
import {runCockpit} from '../../source/cockpit/main.tsx';
import type {NoticeSettings} from '../../source/domain/notices.ts';
import {FakeFleet, screenOf} from './fake-fleet.ts';
import {builtIn, themeFile} from './palettes.ts';
import {scenePending} from './requests.ts';
import {SCENE_NOW, sceneAgents, sceneFleet} from './scene.ts';

/**
 * The real cockpit over the scene, for tests in a pty. Its clock stands at the scene's moment and runs on.
 * `FLOOD=FILE`: the screen of api changes wholly 30 times a second, and the file says how often it did and what was typed.
 * `DEAF=1`: SIGHUP does nothing. `END=FILE`: says there how it ended, the terminal being gone. `EDITOR`: there is one.
 * `MOUSE=0`: off. `SCRIPT`: what a card says.
 * `SIZES=1`: the branch of a session is the size that it was given last. `EMPTY=1`: no sessions. `ASKING=1`: two wait for an answer. `GROUPS=1`: with tags and two projects.
 * `NOTICES=JSON`: what the terminal tells of. Once something is in sight, payments and docs need a person; once nothing is, payments.
 * `CRASH=reject|throw`: a fault a moment after the first key. Prints what it was told at its end.
 */
const begun = Date.now();
const editor = process.env['EDITOR'];
const fleet = process.env['EMPTY'] ? new FakeFleet([]) : sceneFleet();
if (process.env['ASKING']) fleet.approvalViews = scenePending();
if (process.env['GROUPS']) {
  for (const name of ['payments', 'api', 'web']) fleet.set(name, {tags: ['shop']});
  fleet.set('docs', {project: '/work/site'});
}
if (process.env['SIZES']) fleet.onResize = (name, {cols, rows}) => fleet.set(name, {branch: `${cols}x${rows}`});
if (process.env['SCRIPT'] !== undefined) fleet.set('api', {preview: process.env['SCRIPT'].repeat(20)});
const clock = () => SCENE_NOW + Date.now() - begun;
const notices = process.env['NOTICES'];
if (notices !== undefined) {
  let looked = false;
  fleet.onLook = sessions => {
    if (looked === sessions.length > 0) return;
    looked = !looked;
    const told = (name: string, text: string) =>
      fleet.note(name, `waiting · question: ${text}`, 'notice.told', clock() / 1000);
    told('payments', looked ? 'while it is looked at' : 'while nobody looks');
    if (looked) told('docs', 'x\x07\x1b]0;owned\x07\x9c;y\x1b[2J');
  };
}
process.on('SIGUSR2', () => {
  if (process.env['CRASH'] === 'throw') throw new Error('thrown on purpose');
  if (process.env['CRASH'] === 'reject') void Promise.reject(new Error('rejected on purpose'));
  if (process.env['CRASH'] === undefined)
    fleet.set('api', {activity: 'waiting', waitingFor: {kind: 'question', detail: 'Go on?'}});
});

const flood = process.env['FLOOD'];
if (flood !== undefined) {
  let count = 0;
  setInterval(() => {
    count++;
    const row = (y: number) => [
      {text: `flood ${count} `.repeat(16).slice(0, 160), style: {fg: 16 + ((count + y) % 200)}},
    ];
    fleet.show(
      'api',
      screenOf(
        Array.from({length: 45}, (_, y) => row(y)),
        {cols: 160, rows: 45},
      ),
    );
    writeFileSync(`${flood}.new`, JSON.stringify({count, typed: fleet.typed.map(({bytes}) => bytes).join('')}));
    renameSync(`${flood}.new`, flood);
  }, 33);
}

if (process.env['DEAF'] !== undefined) {
  const on = process.on;
  process.on = ((event: string, listener: () => void) =>
    on.call(process, event, event === 'SIGHUP' ? () => {} : listener)) as typeof process.on;
}

const end = await runCockpit({
  fleet,
  stdin: process.stdin,
  stdout: process.stdout,
  themes: {files: builtIn.map(themeFile), chosen: process.env['THEME'] ?? 'dark'},
  keys: {leave: 'ctrl+]', detach: 'ctrl+]'},
  info: {mode: 'hosted', agentsFound: sceneAgents},
  attach: (_plan, signal) =>
    new Promise(resolve => {
      const script = 'printf "ATTACHED\\n"; read line; printf "GOT:%s\\n" "$line"; read line';
      const child = spawn('sh', ['-c', script], {stdio: 'inherit', signal});
      child.on('error', () => {});
      child.on('close', () => resolve());
    }),
  ...(editor === undefined ? {} : {edit: (draft, signal) => editDraft({command: editor, draft, signal})}),
  mouse: process.env['MOUSE'] !== '0',
  ...(notices === undefined ? {} : {notices: () => JSON.parse(notices) as NoticeSettings}),
  clock,
  cwd: '/work/shop',
});

if (process.env['END'] !== undefined) writeFileSync(process.env['END'], `${end.reason} ${end.signal ?? ''}`);
process.stdout.write(`END ${end.reason} ${end.signal ?? ''}\nCALLS ${fleet.calls.join('; ')}\n`);
process.exit(end.reason === 'quit' ? 0 : 143);
