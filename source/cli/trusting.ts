import {createInterface} from 'node:readline/promises';
import {AmuxError} from '../domain/errors.ts';
import {printable} from '../domain/screen.ts';
import type {Context} from './command.ts';
import {boolFlag} from './flags.ts';

/**
 * Does something that may run commands of the repository. Where these were not accepted yet, `--trust` accepts them, or
 * the person is asked, who sees each of them; what is accepted is exactly what was shown.
 */
export async function trusting<T>(context: Context, act: (trust: string | undefined) => Promise<T>): Promise<T> {
  try {
    return await act(undefined);
  } catch (error) {
    if (!(error instanceof AmuxError) || error.code !== 'workspace.untrusted') throw error;
    if (!boolFlag(context, 'trust') && !(await accepted(context, error))) throw error;
    return await act(String(error.facts['hash']));
  }
}

async function accepted({stdin, output}: Context, {facts}: AmuxError): Promise<boolean> {
  if (stdin.isTTY !== true || process.stderr.isTTY !== true || output.json) return false;
  output.notice(`${printable(String(facts['file']))} wants to run commands here:`);
  for (const command of String(facts['each']).split('\0')) output.notice(`  ${printable(command)}`);
  const asking = createInterface({input: stdin, output: process.stderr});
  try {
    return /^y(es)?$/i.test((await asking.question('Run them, now and from now on? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}
