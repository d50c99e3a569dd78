import {spawn} from 'node:child_process';
import {editDraft} from '../../source/cli/edit-draft.ts';
import {runCockpit} from '../../source/cockpit/main.tsx';
import {FakeFleet} from './fake-fleet.ts';
import {palette} from './palettes.ts';
import {SCENE_NOW, sceneAgents, sceneFleet} from './scene.ts';

/**
 * The real cockpit over the scene, for tests in a pty. Its clock stands at the scene's moment and runs on.
 * `EMPTY=1`: no sessions. `EDITOR`: there is one. `MOUSE=0`: off. `SCRIPT`: what a card says. `CRASH=reject|throw`: a fault a moment after the first key. Prints what it was told at its end.
 */
const begun = Date.now();
const editor = process.env['EDITOR'];
const fleet = process.env['EMPTY'] ? new FakeFleet([]) : sceneFleet();
if (process.env['SCRIPT'] !== undefined) fleet.set('api', {preview: process.env['SCRIPT'].repeat(20)});
process.on('SIGUSR2', () => {
  if (process.env['CRASH'] === 'throw') throw new Error('thrown on purpose');
  if (process.env['CRASH'] === 'reject') void Promise.reject(new Error('rejected on purpose'));
  if (process.env['CRASH'] === undefined)
    fleet.set('api', {activity: 'waiting', waitingFor: {kind: 'question', detail: 'Go on?'}});
});

const end = await runCockpit({
  fleet,
  stdin: process.stdin,
  stdout: process.stdout,
  theme: palette(process.env['THEME'] ?? 'dark'),
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
  clock: () => SCENE_NOW + Date.now() - begun,
  cwd: '/work/shop',
});

process.stdout.write(`END ${end.reason} ${end.signal ?? ''}\nCALLS ${fleet.calls.join('; ')}\n`);
process.exit(end.reason === 'quit' ? 0 : 143);
