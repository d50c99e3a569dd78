import {appendFileSync, constants, lstatSync, mkdirSync, realpathSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {AmuxError} from '../domain/errors.ts';
import {contextFileNames, isWithin} from '../domain/workspace.ts';

/** A log that grew beyond this is left as it is, bytes. */
const LOG_MAX = 4 << 20;

export type About = {name: string; branch: string | null; base: string | null; description: string | null};

export const contextOf = (path: string): string => join(path, '.amux', 'context');

/** Makes those that are not there, and says which. What is there is never written to. Throws `store.write`. */
export function makeContextFiles(path: string, about: About): string[] {
  const directory = contextOf(path);
  try {
    mkdirSync(directory, {recursive: true});
    if (!staysInside(path)) throw new Error('it leads out of the workspace');
    return contextFileNames.filter(file => wasMade(join(directory, file), textOf(file, about)));
  } catch (error) {
    throw new AmuxError('store.write', {file: directory, why: (error as Error).message}, error);
  }
}

/** One more beside them, which was not there. Returns where it is. Throws `store.write`. */
export function addContextFile(path: string, {name, text}: {name: string; text: string}): string {
  const file = join(contextOf(path), name);
  try {
    mkdirSync(contextOf(path), {recursive: true});
    if (!staysInside(path)) throw new Error('it leads out of the workspace');
    writeFileSync(file, text, {flag: 'wx'});
    return file;
  } catch (error) {
    throw new AmuxError('store.write', {file, why: (error as Error).message}, error);
  }
}

function wasMade(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, {flag: 'wx'});
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** One line with the time. Only where the log is: who removed it wants none. */
export function appendToLog(path: string, {text, at}: {text: string; at: Date}): void {
  const file = join(contextOf(path), 'working-log.md');
  const found = lstatSync(file, {throwIfNoEntry: false});
  if (found === undefined || !found.isFile() || found.size > LOG_MAX || !staysInside(path)) return;
  const flag = constants.O_APPEND | constants.O_WRONLY | constants.O_NOFOLLOW;
  appendFileSync(file, `- ${timeOf(at)} ${text}\n`, {flag: flag as unknown as string});
}

/** A repository may bring a link where the directory belongs. */
export const staysInside = (path: string): boolean => isWithin(realpathSync(contextOf(path)), realpathSync(path));

/** Local time, as people read logs. */
function timeOf(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** As it is made. */
export function textOf(file: (typeof contextFileNames)[number], about: About): string {
  const {name, branch, base, description} = about;
  switch (file) {
    case 'background.md':
      return `# Background: ${name}

## Task

${description ?? '<!-- What is to be done, and why. -->'}

## Requirements

<!-- What must hold when it is done. -->

## Constraints

<!-- What must not change; what to keep to. -->
${branch === null ? '' : `\nBranch: ${branch}${base === null ? '' : `, from ${base}`}\n`}`;
    case 'plan.md':
      return `# Plan: ${name}

## Approach

<!-- How it is done, and what was decided against. -->

## Steps

- [ ]

## Open questions

`;
    case 'working-log.md':
      return `# Working log: ${name}

<!-- Newest last, one line per step: what was done, found out or decided. -->

`;
    case 'results-summary.md':
      return `# Results: ${name}

## What changed

## How it was checked

## Left to do

`;
  }
}
