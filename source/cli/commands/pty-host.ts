import {runPtyHost} from '../../backends/pty-host.ts';
import type {Run} from '../command.ts';

export const ptyHost: Run = async ({flags}) => {
  await runPtyHost(['--socket', String(flags['socket'])]);
  return 0;
};
