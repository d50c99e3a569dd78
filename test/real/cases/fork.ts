import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {until} from '../until.ts';
import type {Case} from './case.ts';

/** How long a forked program may take until it shows what was said, in ms. */
const SHOWN_MS = 45_000;

/** The stand-ins find such a word in what the person said. */
const SAID = 'msg-0001';

/** A second session from one that works. */
export const fork: readonly Case[] = [
  {
    name: 'fork',
    begins: 'ready',
    async play(stage) {
      const {home, mark} = stage;
      const {client, trusted} = home;
      const git = (dir: string, ...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
          cwd: dir,
          encoding: 'utf8',
        });
      git(trusted, 'add', '-A');
      git(trusted, 'commit', '-q', '--allow-empty', '-m', mark);
      await stage.turnEnds(await stage.prompt(`SAY:plum ${SAID}`));
      await stage.stay();
      const file = join(trusted, `${mark} ö.txt`);
      writeFileSync(file, 'not committed');
      const name = `${mark}-${stage.program.name}`;
      // In the middle of a turn.
      const sentAt = Date.now();
      await stage.send(`${mark}-long WORDS:80/100`);
      const request = await stage.asked(`${mark}-long`);
      stage.worksFrom(sentAt, request);
      const made = await client.fork(stage.ref, {name, prompt: `${mark}-fork RUN:python3 tool.py ${mark}-fork 0`});
      try {
        const shows = async () => (await client.peek(made.id)).output.includes('plum');
        await until(() => `${name} to show what was said before`, shows, SHOWN_MS);
        stage.must(readFileSync(join(made.dir, `${mark} ö.txt`), 'utf8') === 'not committed', 'no changes came along');
        stage.must(made.branch === `amux/${name}`, `its branch is ${made.branch}`);
        const asked = await stage.asked(`${mark}-fork`, {step: 1});
        stage.must(asked.markers?.includes(SAID) === true, 'the model is not told what was said before');
        await stage.answered(asked);
        stage.must(existsSync(join(made.dir, `${mark}-fork.end`)), 'its tools run elsewhere');
        stage.must(!existsSync(join(trusted, `${mark}-fork.end`)), 'its tools run in the first directory');
        await stage.turnEnds(request);
        await stage.turn(`${mark}-after SAY:goes-on`);
        const {conversation} = await client.explain(stage.ref);
        const {conversation: other} = await client.explain(made.id);
        stage.must(other !== null && other !== conversation, `one conversation for both: ${conversation}`);
        const said = (await client.transcript(stage.ref)).map(({text}) => text).join('\n');
        stage.must(!said.includes(`${mark}-fork`), 'what was said to the fork was heard by the first one');
      } finally {
        await client.stop(made.id, {force: true});
        await client.removeWorkspace(name, {cwd: trusted, discard: true});
        rmSync(file);
      }
    },
  },
];
