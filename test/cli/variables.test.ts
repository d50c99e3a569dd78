import assert from 'node:assert/strict';
import {test} from 'node:test';
import type {Context, Run} from '../../source/cli/command.ts';
import {restart, run, start} from '../../source/cli/commands/life.ts';
import {createOutput} from '../../source/cli/output.ts';
import type {Fleet, SessionView} from '../../source/domain/fleet.ts';

type Sent = {callerEnv?: Record<string, string>};

/** What a command sends to a fleet whose profile names two variables. */
async function sentBy(command: Run, args: string[]): Promise<Sent> {
  const sent: Sent[] = [];
  const take = async (input: Sent): Promise<SessionView> => {
    sent.push(input);
    return {id: 's', name: 'one', status: 'running'} as SessionView;
  };
  const fleet = {
    variables: async () => ['WANTED', 'UNSET'],
    start: (_: string, input: Sent) => take(input),
    restart: (_: string, input: Sent) => take(input),
    run: take,
  } as unknown as Fleet;
  const quiet = {write: () => true} as unknown as NodeJS.WriteStream;
  await command({
    args,
    flags: {},
    env: {WANTED: 'value', SECRET: 'hush', PATH: '/bin', __proto__: 'x'},
    cwd: '/',
    fleet: async () => fleet,
    output: createOutput({stdout: quiet, stderr: quiet, json: true, colour: false}),
  } as unknown as Context);
  assert.equal(sent.length, 1);
  return sent[0]!;
}

for (const [name, command, args] of [
  ['start', start, ['one']],
  ['restart', restart, ['one']],
  ['run', run, ['generic']],
] as const) {
  test(`${name} sends only the variables that the profile names, and of those only what is set`, async () => {
    const sent = await sentBy(command, [...args]);
    assert.deepEqual(sent.callerEnv, {WANTED: 'value'});
    assert.doesNotMatch(JSON.stringify(sent), /hush/);
  });
}
