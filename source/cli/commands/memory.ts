import {MEMORY_MAX_BYTES} from '../../domain/knowledge.ts';
import {plainText} from '../../domain/names.ts';
import type {Run} from '../command.ts';
import {duration} from '../output.ts';
import {readInput} from './input-text.ts';

const INPUT = {max: MEMORY_MAX_BYTES, size: '256 KB', next: 'pipe it: … | amux memory write FILE -'};

export const list: Run = async ({output, fleet}) => {
  const files = await (await fleet('read')).memory();
  if (output.json) {
    output.value(files);
    return 0;
  }
  const now = Date.now() / 1000;
  await output.table(
    ['FILE', 'BYTES', 'AGE'],
    files.map(({file, size, updated_at}) => [file, String(size), duration(now - updated_at)]),
  );
  return 0;
};

export const show: Run = async ({args, output, fleet}) => {
  const found = await (await fleet('read')).readMemory(args[0]!);
  if (output.json) output.value(found);
  // A pipe gets the file as it is; a terminal nothing that would act on it.
  else output.raw(output.terminal ? `${plainText(found.text).replace(/\n$/, '')}\n` : found.text);
  return 0;
};

/** The whole file, as it comes in. */
export const write: Run = async context => {
  const {args, output} = context;
  const [file, ...words] = args as [string, ...string[]];
  const text = words.length === 1 && words[0] !== '-' ? words[0]! : await readInput(context, INPUT);
  const written = await (await context.fleet('write')).writeMemory(file, text === '' ? '' : `${text}\n`);
  if (output.json) output.value(written);
  else output.line(`${written.file} written, ${written.size} bytes`);
  return 0;
};
