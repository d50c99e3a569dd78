/** Plays the cases; runs inside the network namespace that `main.ts` made. */
import {parseArgs} from 'node:util';
import {cases} from './cases.ts';
import {type BackendName, RealHome} from './home.ts';
import {passes} from './judge.ts';
import {isAsked} from './names.ts';
import {programs} from './programs.ts';
import {keepResult} from './results.ts';
import {startStandIn} from './stand-in.ts';
import {Troupe} from './troupe.ts';

const {values} = parseArgs({
  options: {agent: {type: 'string'}, case: {type: 'string'}, backend: {type: 'string'}, failures: {type: 'string'}},
});
const wanted = <T extends {name: string}>(all: readonly T[], flag: string | undefined): T[] =>
  all.filter(({name}) => isAsked(flag, name));
const backends: {name: BackendName}[] = [{name: 'tmux'}, {name: 'pty'}];
let failed = 0;

for (const program of wanted(programs, values.agent)) {
  const standIn = await startStandIn(program.provider);
  for (const {name: backend} of wanted(backends, values.backend)) {
    await using home = new RealHome(program, backend);
    await home.serve();
    const label = `${program.name}-${backend}`;
    const troupe = new Troupe({program, home, standIn, failures: values.failures!, label});
    for (const each of wanted(cases, values.case)) {
      const result = await troupe.play(each).catch((error: Error) => ({
        verdict: 'fail' as const,
        reason: `the session did not begin: ${error.message}`,
        ms: 0,
        judgement: null,
        explanation: null,
      }));
      if (result.verdict === 'fail') failed++;
      keepResult({program, backend, name: each.name, result});
      const {verdict, reason, ms, judgement} = result;
      const mark = {pass: '✓', fail: '✗', unsupported: '–'}[verdict];
      const worst = judgement === null ? '' : `worst ${judgement.worstWrongMs} ms, false idle ${judgement.falseIdle}`;
      const line = `${program.name.padEnd(8)} ${backend.padEnd(4)} ${each.name.padEnd(24)} ${mark} ${(ms / 1000).toFixed(1).padStart(5)} s  ${worst}`;
      console.log(reason === null ? line : `${line}  ${reason.split('\n')[0]}`);
      if (judgement !== null && !passes(judgement) && result.explanation !== null) {
        console.log(`         amux's reason: ${result.explanation.reason}`);
      }
    }
    await troupe.end();
  }
  await standIn.close();
}
process.exitCode = failed === 0 ? 0 : 1;
